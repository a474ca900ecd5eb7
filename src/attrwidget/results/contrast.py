"""Contrast a step with another output that it might have had: why this and not that?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.checks import check_step
from attrwidget.errors import AttrWidgetError
from attrwidget.methods.registry import all_methods
from attrwidget.methods.request.foils import foil_tokens
from attrwidget.methods.request.footnotes import note_on
from attrwidget.methods.request.make import make_request
from attrwidget.methods.request.normalize import normalize_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.cache import ScoreCache
    from attrwidget.methods.request.make import Request
    from attrwidget.progress import Progress


class Foil(NamedTuple):
    """An output that *step* might have had instead: its id (of a token or a class) and its text."""

    step: int
    id: int
    text: str


class Contrasts:
    """Score the steps of one trace against foils. The target function is ``contrast``; see ``Target``."""

    def __init__(self, trace: Trace, cache: ScoreCache) -> None:
        self._trace = trace
        self._cache = cache

    def descriptions(self) -> dict[str, str]:
        """Return the footer text of each method that takes a foil, for its contrastive scores."""
        if self._trace.output_kind not in ("softmax", "sigmoid"):
            return {}
        return {
            method.name: method.describe("contrast")
            for method in all_methods()
            if method.target_function is not None and method.refusal(self._trace) is None
        }

    def likeliest(self, step: int) -> list[int]:
        """Return the likeliest outputs of *step*, in the order of the column ``top`` of ``Explanation.steps``."""
        return [int(i) for i in self._trace.steps.top_ids[step]]

    def find(self, step: int, what: Any) -> Foil:
        """Return *what*, a text or an id, as a foil of *step*; of several tokens the first counts.

        Raises:
            AttrWidgetError: The step or foil does not exist, or the foil is what the model chose.
        """
        trace = self._trace
        step = check_step(step, trace.n_steps)
        foil = self._output(step, what)
        if foil == trace.outputs[step]:
            chosen = trace.output_text(step, foil).strip()
            raise AttrWidgetError(
                f"“{chosen}” is what the model said there: take another to contrast it with."
            )
        return Foil(step, foil, trace.output_text(step, foil))

    def rows(self, method: str, foil: Foil, progress: Progress | None = None) -> NDArray[np.float32]:
        """Return what the screen shows of the foil's step: float32 ``[1, n_inputs]``, as ``Reading.rows`` does."""
        request = self._request(method, foil)
        return normalize_rows(self._cache.rows(request, [foil.step], progress), request.method, "auto")

    def has_rows(self, method: str, foil: Foil) -> bool:
        """Return whether ``rows`` would answer at once."""
        return self._cache.has(self._request(method, foil), [foil.step])

    def note(self, method: str, foil: Foil) -> str | None:
        """Return the footnote on the finished row, such as its completeness residual."""
        return note_on(self._request(method, foil), self._trace, self._cache, [foil.step])

    def _output(self, step: int, what: Any) -> int:
        if isinstance(what, str):
            what = what.strip() and what
        named = self._trace.named(what if isinstance(what, str) else self._with(step, what))
        return int(foil_tokens(self._trace, step, what)[0] if named is None else named[step])

    def _with(self, step: int, foil: Any) -> list[Any]:
        return [foil if s == step else output for s, output in enumerate(self._trace.outputs)]

    def _request(self, method: str, foil: Foil) -> Request:
        # Only one step has a foil here, so the note about the others' foils is left out.
        request = make_request(self._trace, method, foil=self._with(foil.step, foil.id))
        return replace(request, foils=None)
