"""What the sentences of an answer rest on, as the page shows it: the documents and tools that were given."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.duration import seconds_of_batches
from attrwidget.methods.request.context_units import NamedUnit, context_units
from attrwidget.results.by_unit import score_units
from attrwidget.results.rests import OtherTool, Rests
from attrwidget.text.answer_sentences import Sentence, answer_sentences
from attrwidget.text.given_context import DOCUMENT, TOOL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.progress import Progress
    from attrwidget.results.computed import ComputedReading

_FEWEST = 2


class LiveRests(Rests):
    """The documents and tools in a text, and by how much each sentence of the answer is less likely without each."""

    def __init__(self, trace: Trace, reading: ComputedReading) -> None:
        self._trace, self._reading = trace, reading

    @cached_property
    def units(self) -> list[NamedUnit]:
        """The documents and tools; none where there are not two, or nothing can be left out."""
        if not self._trace.writes_text or self._reading.definition(None).refusal(self._trace) is not None:
            return []
        found = [unit for kind in (DOCUMENT, TOOL) for unit in _units(self._trace, kind)]
        return found if len(found) >= _FEWEST else []

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences of the answer."""
        return answer_sentences(self._trace.tokens, self._trace.first_step)

    def seconds(self) -> float:
        """Return about how long ``falls`` takes where nothing else runs."""
        return seconds_of_batches(self._trace, len(self.units), self._trace.n_inputs)

    def falls(self, progress: Progress | None = None) -> NDArray[np.float64]:
        """Return the fall of each sentence's log-probability without each unit, in nats: ``[sentences, units]``."""
        spans = [(unit.start, unit.end) for unit in self.units]
        return score_units(self._reading, spans, None, options={}, progress=progress).scores

    def other_tools(self) -> list[OtherTool]:
        """Return the other tools of each that the answer names, from the token at which their names part."""
        tools = [unit.title for unit in self.units if unit.title in _names(self._trace)]
        pieces = [piece for piece in self._trace.tokens.units if piece.start >= self._trace.first_step]
        text = "".join(piece.text for piece in pieces)
        starts, at = [], 0
        for piece in pieces:
            starts.append(at)
            at += len(piece.text)
        found = []
        for called in tools:
            begins = text.find(called)
            for other in tools if begins >= 0 else []:
                if other != called:
                    same = next((k for k, (a, b) in enumerate(zip(called, other, strict=False)) if a != b), 0)
                    at = max(k for k, start in enumerate(starts) if start <= begins + same)
                    written = text[starts[at] : begins] + other[max(0, starts[at] - begins) :]
                    found.append(OtherTool(called, other, pieces[at].start - self._trace.first_step, written))
        return found


def _units(trace: Trace, kind: str) -> list[NamedUnit]:
    try:
        return context_units(trace, kind)
    except AttrWidgetError:
        return []


def _names(trace: Trace) -> set[str]:
    return {section.title for section in trace.context_spans.get(TOOL, ())}
