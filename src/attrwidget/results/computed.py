"""A reading that computes rows when they are first asked for, and keeps them."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from attrwidget.methods.registry import get
from attrwidget.methods.request.footnotes import note_on, warning_on
from attrwidget.methods.request.normalize import normalize_rows
from attrwidget.progress import progress_bar
from attrwidget.results.arguments import select_heads
from attrwidget.results.base import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Method
    from attrwidget.methods.request.cache import ScoreCache
    from attrwidget.methods.request.make import Request
    from attrwidget.progress import Progress
    from attrwidget.results.check import Checks


class ComputedReading(Reading):
    """Rows of scores by the methods of a trace.

    Attributes:
        trace: What methods compute rows from.
        cache: The rows computed so far.
        checks: What becomes of a step without some inputs.
    """

    trace: Trace
    cache: ScoreCache
    checks: Checks

    @abstractmethod
    def request(
        self,
        method: str,
        target_function: str | None = None,
        *,
        foil: Any = None,
        selection: HeadSelection | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Request:
        """Return the request for rows of *method*; see ``make_request``."""

    @abstractmethod
    def instead(
        self, answer: Any, step: int, max_new_tokens: int, progress: Progress | None = None
    ) -> ComputedReading:
        """Return the reading of another *answer* from *step* on, and of what is written after it."""

    def definition(self, method: str | None) -> Method:
        """Return *method* as it is computed here; by default the one that leaves units out as the model allows."""
        if method is None:
            masks = get("leave_one_out").refusal(self.trace) is None
            method = "leave_one_out" if masks else "leave_one_out_deleted"
        return get(method)

    def rows(
        self,
        method: str,
        steps: Sequence[int],
        *,
        layer: int | None = None,
        heads: Sequence[tuple[int, int]] = (),
        head_rule: str = "mean",
        progress: Progress | None = None,
    ) -> NDArray[np.float32]:
        """Return what the screen shows of *steps*; see ``Reading.rows``."""
        request = self.request(method, selection=select_heads(layer, heads, head_rule))
        return normalize_rows(self.raw(request, steps, progress), request.method, "auto")

    def joins(self, method: str) -> bool:
        """Return whether one backward pass gives the sum of *method*'s rows; see ``Request.of_sum``."""
        return self.trace.writes_text and get(method).linear

    def joined_row(
        self, method: str, steps: Sequence[int], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return the sum of *method*'s rows of *steps*, by one backward pass; see ``Reading.joined_row``."""
        request = self.request(method).of_sum(steps)
        return normalize_rows(self.raw(request, steps[-1:], progress), request.method, "auto")

    def has_rows(self, method: str, steps: Sequence[int]) -> bool:
        """Return whether ``rows`` would answer at once."""
        return self.cache.has(self.request(method), steps)

    def raw_rows(self, method: str, progress: Progress | None = None) -> NDArray[np.floating]:
        """Return the rows of all steps as they were computed, ``[n_steps, n_inputs]``, before any normalisation."""
        return self.raw(self.request(method), range(self.n_steps), progress)

    def raw(
        self, request: Request, steps: Sequence[int], progress: Progress | None = None, *, bar: bool = False
    ) -> NDArray[np.floating]:
        """Return the raw rows of *request* at *steps*; *bar* draws a progress bar when none is given."""
        self.check_steps(steps)
        if bar and progress is None and not self.cache.has(request, steps):
            with progress_bar(*self.bar_of(request, steps)) as report:
                return self.cache.rows(request, steps, report)
        return self.cache.rows(request, steps, progress)

    def bar_of(self, request: Request, steps: Sequence[int]) -> tuple[str, str]:  # noqa: ARG002
        """Return the title of the progress bar of *request*, and what it counts."""
        return request.method.title, self.step_noun[0]

    def sums(self, method: str, step: int) -> tuple[float, float] | None:
        """Return the base value of *method*'s finished row of *step*, and the score; see ``Reading.sums``."""
        request = self.request(method)
        base, change = (self.cache.figure(request, name, [step]) for name in ("base", "change"))
        return None if base is None or change is None else (float(base[0]), float(base[0] + change[0]))

    def note(self, method: str, steps: Sequence[int]) -> str | None:
        """Return the footnote on *method*'s finished rows of *steps*, such as their completeness residual."""
        self.check_steps(steps)
        return note_on(self.request(method), self.trace, self.cache, steps)

    def warning(self, method: str, steps: Sequence[int]) -> str | None:
        """Return why *method*'s finished rows of *steps* mislead; see ``Reading.warning``."""
        request = self.request(method)
        return next(filter(None, (warning_on(request, self.cache, [step]) for step in steps)), None)
