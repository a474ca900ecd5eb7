"""The served reading: the numbers of an explanation whose model is in another process, which answers its page."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, NoReturn, cast

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.page.kept_answers import KeptAnswers, table_of
from attrwidget.page.packing import rows_at_once
from attrwidget.page.served_foils import ServedFoils
from attrwidget.results.base import Reading
from attrwidget.results.given import Given, mean_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.page.kept_answers import Row
    from attrwidget.page.server import Reply, Server
    from attrwidget.progress import Progress
    from attrwidget.results.base import MethodInfo
    from attrwidget.results.contrast import Contrasts
    from attrwidget.results.texts import Texts

_NOT_HERE = "{} is read where the model is: on the server."


class ServedReading(Reading):
    """The reading of an explanation that a server holds; what it answered is kept.

    Args:
        texts: Tokens, sections and steps.
        methods: What ``methods`` returns there.
        shape: How many layers have attention weights, and how many heads each has.
        server: What answers the page's requests.
        content: What its ``content`` would return now, if that is known.

    Attributes:
        server: See above.
    """

    def __init__(
        self,
        texts: Texts,
        methods: Sequence[MethodInfo],
        shape: tuple[int, int],
        server: Server,
        content: dict[str, Any] | None = None,
    ) -> None:
        self.tokens, self.sections, self._steps = texts.tokens, list(texts.sections), texts.steps
        self.first_step, self.n_steps, self.n_inputs = texts.first_step, len(texts.steps), texts.inputs
        self.model_name, self.warnings, self.answer_text = (
            texts.model_name,
            list(texts.warnings),
            texts.answer_text,
        )
        self.step_noun, self.places, self.attention_note = (
            texts.step_noun,
            tuple(texts.places),
            texts.attention_note,
        )
        self.n_layers, self.n_heads = shape
        self._methods, self.server, self._sent_content = list(methods), server, content
        self.contrasts = cast("Contrasts", ServedFoils(self.n_steps, lambda: self.content, self.answer))
        self._kept = KeptAnswers()

    @cached_property
    def content(self) -> dict[str, Any]:
        """What the page needs first, as ``content_of`` makes it where the model is."""
        return self.server.content() if self._sent_content is None else self._sent_content

    def forget_content(self) -> None:
        """Ask for the content when it is first read: the order of the methods goes by what was computed until then."""
        self._sent_content = None

    @property
    def steps(self) -> pd.DataFrame:
        """The model's readings of each step, one row each."""
        return self._steps

    def methods(self) -> list[MethodInfo]:
        """Return the methods that the model allows, the default one first."""
        return self._methods

    def answer(self, op: str, args: Mapping[str, Any], progress: Progress | None = None) -> Reply:
        """Return the answer to a request of the page; see ``Server.ask``."""
        known = self._kept.answer(op, args)
        if known is not None:
            return known
        reply = self.server.ask(op, args, progress)
        if reply.reading is not None:
            reply.reading.before = self
        self._kept.keep(op, args, reply)
        return reply

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
        self.check_steps(steps)
        selection = {
            "method": self.method(method).name,
            "layer": layer,
            "heads": [list(pair) for pair in heads],
            "head_rule": head_rule,
        }
        known = {step: self._kept.row(selection, step) for step in steps}
        missing = [step for step, row in known.items() if row is None]
        most = rows_at_once(self.n_inputs)
        found = {step: row.scores for step, row in known.items() if row is not None}
        for start in range(0, len(missing), most):
            part = [int(step) for step in missing[start : start + most]]
            reply = self.answer("scores", {**selection, "steps": part}, progress)
            found |= dict(zip(part, table_of(reply), strict=True))
        return np.stack([found[step] for step in steps]) if len(steps) else np.empty((0, self.n_inputs), "f4")

    def has_rows(self, method: str, steps: Sequence[int]) -> bool:
        """Return whether the rows were sent before."""
        name = self.method(method).name
        return all(self._row(name, step) is not None for step in steps)

    def seconds(self, method: str, steps: Sequence[int]) -> float | None:  # noqa: ARG002
        """Return about how long the rows of the word explained first take there."""
        name = self.method(method).name
        return next(
            (entry.get("seconds") for entry in self.content["methods"] if entry["name"] == name), None
        )

    def note(self, method: str, steps: Sequence[int]) -> str | None:
        """Return the footnote on *method*'s row of one step, if it was sent."""
        row = self._row(method, steps[0]) if len(steps) == 1 else None
        return None if row is None else row.note

    def sums(self, method: str, step: int) -> tuple[float, float] | None:
        """Return what *method*'s row of *step* adds up from and to, if it was sent."""
        row = self._row(method, step)
        return None if row is None else row.sums

    def has_given_by_heads(self, steps: Sequence[int], foil: int | None = None) -> bool:
        """Return whether what heads give to *steps* was sent before."""
        return foil is None and self._kept.has_heads(steps)

    def given_seconds(self, steps: Sequence[int]) -> float:  # noqa: ARG002
        """Return infinity: nothing is asked for that no page asks for."""
        return math.inf

    def head_weights(self, steps: Sequence[int]) -> NDArray[np.float32]:
        """Return every head's attention at *steps*, which is asked for head by head; see ``Reading.head_weights``."""
        name = next((info.name for info in self._methods if info.attention), None)
        if name is None:
            raise AttrWidgetError(self.attention_note or f"{self.model_name} shows no attention.")
        pairs = product(range(self.n_layers), range(self.n_heads))
        rows = np.stack([self.rows(name, steps, heads=[pair]) for pair in pairs], axis=1)
        return rows.reshape(len(steps), self.n_layers, self.n_heads, self.n_inputs)

    def given_by_heads(
        self, steps: Sequence[int], *, foil: int | None = None, progress: Progress | None = None
    ) -> Given:
        """Return what each head gives to *steps*, in the mean; see ``Reading.given_by_heads``."""
        return mean_of(self._given(int(step), foil, progress) for step in steps)

    def _given(self, step: int, foil: int | None, progress: Progress | None) -> Given:
        asked = {"step": step, "foil": foil}
        heads = self.server.call("heads", asked, progress)
        pairs = self.server.call("heads", {**asked, "by_input": True}, progress)
        shape = self.n_layers, self.n_heads, self.n_inputs
        return Given(
            heads.attrs["reading"], heads.to_numpy(), pairs.to_numpy().reshape(shape), heads.attrs["sinks"]
        )

    def raw_rows(self, method: str, progress: Progress | None = None) -> NoReturn:  # noqa: ARG002
        """Raise AttrWidgetError: rows before their normalisation stay on the server."""
        raise AttrWidgetError(_NOT_HERE.format(f"{self.method(method).title} before its normalisation"))

    def target_function_of(self, method: str) -> None:  # noqa: ARG002
        """Return None: it is not sent."""
        return

    def _row(self, method: str, step: int) -> Row | None:
        return self._kept.row({"method": method, "layer": None, "heads": [], "head_rule": "mean"}, step)
