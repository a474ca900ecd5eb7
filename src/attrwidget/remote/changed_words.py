"""Change words of a text: what a server says of a step then, and which words it finds likely there."""

from __future__ import annotations

from itertools import pairwise
from math import exp
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.checks import check_step, short
from attrwidget.errors import AttrWidgetError
from attrwidget.limits import require_short
from attrwidget.remote.perturber import scored_in
from attrwidget.results.changed_words import (
    RIVALS,
    ChangedWords,
    Tried,
    offered,
    require_changes,
    require_once,
    span_of,
)
from attrwidget.text.prompt import require_characters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.remote.trace import RemoteTrace


class TextEdit(NamedTuple):
    """Tokens ``start`` up to ``end`` give way to *text*, an empty one of which deletes them."""

    start: int
    end: int
    text: str


class RemoteChangedWords(ChangedWords):
    """Changes of the words of one text behind a server."""

    def __init__(self, trace: RemoteTrace) -> None:
        self._trace = trace

    def find(self, changes: Any) -> list[TextEdit]:
        """Return *changes* as edits; see ``ChangedWords.find``."""
        edits = sorted(self._edit(where, what) for where, what in require_changes(changes).items())
        for one, after in pairwise(edits):
            require_once(after.start, one.end)
        require_short(len(self.applied(edits, self._trace.first_step)))
        return edits

    def _edit(self, where: Any, what: Any) -> TextEdit:
        trace = self._trace
        start, end = span_of(where, trace.tokens, trace.n_inputs)
        if start < trace.first_step < end:
            raise AttrWidgetError(
                f"Inputs {start} to {end - 1} are not of one part of the text: change each part by itself."
            )
        if what is None or what == "":
            return TextEdit(start, end, "")
        if not isinstance(what, str):
            raise AttrWidgetError(
                f"A word of a text behind a server is changed into a text or None, not into {short(what)}."
            )
        require_characters(what)
        spaced = trace.text(start, end)[:1] == " " and not what[0].isspace()
        return TextEdit(start, end, f" {what}" if spaced else what)

    def applied(self, edits: Sequence[TextEdit], end: int, start: int = 0) -> str:
        """Return the text of the tokens *start* up to *end* with *edits* made."""
        pieces = []
        for edit in edits:
            if start <= edit.start and edit.end <= end:
                pieces += [self._trace.text(start, edit.start), edit.text]
                start = edit.end
        return "".join([*pieces, self._trace.text(start, end)])

    def tried(self, step: Any, edits: Any) -> Tried:
        """Return what *edits* do to *step*; see ``ChangedWords.tried``."""
        trace, step = self._trace, check_step(step, self._trace.n_steps)
        if edits[-1].end > trace.seen(step):
            raise AttrWidgetError("This word is not an input of the word explained: change an earlier one.")
        before = self.applied(edits, trace.first_step + step)
        if not before:
            raise AttrWidgetError("Nothing would be left of the text: leave at least one token.")
        own = trace.step_text(step)
        scored, _ = scored_in(trace.server.read(before + own), [(len(before), len(before) + len(own))])
        later = float(scored.log_probs[0])
        leading = {text: value for text, value in scored.top[0].items() if text != own}
        rivals = sorted(leading, key=lambda text: -leading[text])[:RIVALS]
        earlier = trace.changed.unchanged(
            lambda whole: [float(whole.log_probs[step]), *(whole.of_other(step, text) for text in rivals)]
        )
        after = [later, *(leading[text] for text in rivals)]
        words = tuple(
            (text, exp(p), exp(q)) for text, p, q in zip([own, *rivals], earlier, after, strict=True)
        )
        return Tried(words, later - earlier[0], None)

    def likely(self, where: Any) -> list[str]:
        """Return a few words that the model finds likely in a place; see ``ChangedWords.likely``."""
        trace = self._trace
        start, end = span_of(where, trace.tokens, trace.n_inputs)
        if not trace.echo.names_are_texts:
            return []
        return offered((text for text, _ in trace.echo.top[start]), trace.text(start, end))
