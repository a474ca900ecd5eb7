"""The contexts that a page offers to leave out, and what was found of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.results.context.contexts import Contexts, ContextSpan, Offered
from attrwidget.results.context.spans import whole
from attrwidget.text.borders import divided, sentence_starts, stretches
from attrwidget.text.thoughts import thoughts_of

if TYPE_CHECKING:
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.results.computed import ComputedReading
    from attrwidget.results.context.reliance import ContextReliance


_FEW = 2  # tokens of an answer


class LiveContexts(Contexts):
    """Leaves contexts out of a live explanation."""

    def __init__(self, reading: ComputedReading) -> None:
        self._reading = reading
        self.offered = offered_by(reading) if reading.trace.writes_text and reading.n_steps else []
        self.made: dict[int, ContextReliance] = {}

    def run(self, which: int, progress: Progress | None = None) -> ContextReliance:
        """Return what the context *which* changed, and keep it."""
        from attrwidget.results.context.live import measure

        if which not in self.made:
            spans = self.offered[which].spans
            after = self._reading.n_steps - max(0, spans[-1].end - self._reading.first_step)
            # Of two numbers neither is a standard deviation above their mean.
            std = 1.0 if after > _FEW else 0.0
            self.made[which] = measure(self._reading, spans, std=std, progress=progress)
        return self.made[which]


def offered_by(reading: ComputedReading) -> list[Offered]:
    """Return documents, earlier messages and thoughts or, without a chat, all but the last sentence."""
    said = [section for section in reading.sections if section.body and section.body[0] < section.body[1]]
    documents = reading.trace.context_spans.get("document", ())
    found = [Offered("documents", tuple(whole(one.start, one.end) for one in documents))]
    for title, system in (("system message", True), ("earlier messages", False)):
        spans = [
            ContextSpan(section.start, section.end, *section.body)
            for section in said[:-1]
            if section.body and (section.title == "system") == system
        ]
        found.append(Offered(title, tuple(spans)))
    thoughts = thoughts_of(reading.tokens, reading.first_step)
    spans = [whole(*pair) for pair in thoughts if pair[1] <= reading.n_inputs]
    found.append(Offered("thoughts", tuple(spans)))
    if not said and not documents:
        found.append(Offered("text before the last sentence", tuple(_before_last_sentence(reading))))
    return [one for one in found if one.spans]


def _before_last_sentence(reading: Reading) -> list[ContextSpan]:
    """Return what stands before the last sentence of a prompt or a source, without control tokens at its front."""
    end = reading.n_source or reading.first_step
    starts = [
        pieces[0].start
        for stretch in stretches(reading.tokens, {0, end}, end)
        for pieces in divided(stretch, sentence_starts)
    ]
    special = reading.tokens.special
    first = next((at for at in range(end) if not special[at]), end)
    last = max((at for at in starts if at < end and not special[at]), default=0)
    return [whole(first, last)] if first < last else []
