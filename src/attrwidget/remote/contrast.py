"""Contrast a step with another text in its place, by what a server says of both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_step, is_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.methods.request.foils import Foils
from attrwidget.methods.request.footnotes import note_on
from attrwidget.methods.request.normalize import normalize_rows
from attrwidget.remote.methods import METHODS
from attrwidget.results.contrast import Contrasts, Foil
from attrwidget.text.tokens import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.methods.request.make import Request
    from attrwidget.progress import Progress
    from attrwidget.remote.trace import RemoteTrace
    from attrwidget.results.computed import ComputedReading

_NUMBERS = (
    "A token id means nothing to {}, which is behind a server: give the foil as a text, like ' Thomas'."
)


class RemoteContrasts(Contrasts):
    """Scores of the steps of one text against other texts; what a page calls ids are numbers of texts here."""

    def __init__(self, trace: RemoteTrace, reading: ComputedReading) -> None:
        self._trace, self._reading = trace, reading
        self._texts: list[str] = []

    def descriptions(self) -> dict[str, str]:
        """Return the footer text of each method that takes a foil, for its contrastive scores."""
        return {info.name: METHODS[info.name].describe("contrast") for info in self._reading.methods()}

    def whole_descriptions(self) -> dict[str, str]:
        """Return nothing: a foil is one text here, of however many tokens."""
        return {}

    def likeliest(self, step: int) -> list[int]:
        """Return the numbers of the likeliest outputs of *step*."""
        echo = self._trace.echo
        return [self._number(text) for text, _ in echo.top[self._trace.first_step + step]]

    def text(self, number: int) -> str:
        """Return the text that *number* stands for."""
        if not 0 <= number < len(self._texts):
            raise AttrWidgetError(_NUMBERS.format(self._trace.model.name))
        return self._texts[number]

    def find(self, step: int, what: Any) -> Foil:
        """Return *what*, a text or the number of one, as a foil of *step*; see ``Contrasts.find``."""
        step = check_step(step, self._trace.n_steps)
        if isinstance(what, list | tuple) and len(what) == 1:
            what = what[0]
        text = self.text(what) if is_whole(what) else in_place_of(self._trace, step, what)
        if text == self._trace.step_text(step):
            raise AttrWidgetError(
                f"“{text.strip()}” is what the model said there: take another to contrast it with."
            )
        return Foil(step, (self._number(text),), text)

    def find_one(self, step: int, what: Any) -> int:
        """Return the number of a foil."""
        return self.find(step, what).ids[0]

    def rows(self, method: str, foil: Foil, progress: Progress | None = None) -> NDArray[np.float32]:
        """Return what the screen shows of the foil's step: float32 ``[1, n_inputs]``, as ``Reading.rows`` does."""
        request = self._request(method, foil)
        return normalize_rows(
            self._reading.cache.rows(request, [foil.step], progress), request.method, "auto"
        )

    def has_rows(self, method: str, foil: Foil) -> bool:
        """Return whether ``rows`` would answer at once."""
        return self._reading.cache.has(self._request(method, foil), [foil.step])

    def note(self, method: str, foil: Foil) -> str | None:
        """Return the footnote on the finished row."""
        return note_on(self._request(method, foil), self._reading.trace, self._reading.cache, [foil.step])

    def _request(self, method: str, foil: Foil) -> Request:
        foils = [None] * self._trace.n_steps
        request = self._reading.request(
            method, foil=[*foils[: foil.step], foil.text, *foils[foil.step + 1 :]]
        )
        return replace(request, foils=None)

    def _number(self, text: str) -> int:
        if text not in self._texts:
            self._texts.append(text)
        return self._texts.index(text)


def find_foils(trace: RemoteTrace, foil: Any) -> tuple[tuple[str | None, ...], Foils]:
    """Return the other text in the place of each step, None where it is the answer's own, and what is said of it.

    Args:
        trace: The text with its answer.
        foil: A text for every step, or a list with one of them, or None, for each step.

    Raises:
        AttrWidgetError: It is anything else, or what was chosen at every step.
    """
    several = isinstance(foil, list | tuple)
    given: Sequence[Any] = foil if several else [foil] * trace.n_steps
    if len(given) != trace.n_steps:
        raise AttrWidgetError(
            f"There are {len(given)} foils and {trace.n_steps} steps: give one foil for each step, or one for all."
        )
    texts = [None if one is None else in_place_of(trace, step, one) for step, one in enumerate(given)]
    others = tuple(None if text == trace.step_text(step) else text for step, text in enumerate(texts))
    if not any(others):
        raise AttrWidgetError(
            f"The foil {short(foil)} is the chosen token at every step, so there is nothing to contrast: take another."
        )
    labels = tuple("" if text is None else visible(text) for text in texts)
    note = "the foil is the whole text given, of however many tokens"
    same = [
        step for step, (a, b) in enumerate(zip(texts, others, strict=True)) if a is not None and b is None
    ]
    if same:
        note += f"; at step {same[0]} it is what was chosen, so all scores there are 0"
    return others, Foils((), labels, note)


def in_place_of(trace: RemoteTrace, step: int, foil: Any) -> str:
    """Return the text *foil* with a space before it where the token of *step* begins with one."""
    if not isinstance(foil, str):
        raise AttrWidgetError(_NUMBERS.format(trace.model.name))
    if not foil.strip():
        raise AttrWidgetError(
            "The foil is an empty text: give the word that the model might have chosen instead."
        )
    spaced = trace.step_text(step)[:1] == " " and not foil[0].isspace()
    return f" {foil}" if spaced else foil
