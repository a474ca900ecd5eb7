"""Units that people mean: the documents and tools of a question, the messages of a chat, the examples of a prompt."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.errors import AttrWidgetError
from attrwidget.text.context_spans import spans_of_pieces
from attrwidget.text.found_context import EXAMPLE, examples_of, numbered_documents
from attrwidget.text.given_context import DOCUMENT, TOOL, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.text.sections import Section

CONTEXT_UNITS = (DOCUMENT, TOOL, EXAMPLE)
_NONE = {
    DOCUMENT: "There are no documents here: give them as model.explain(question, documents=[…]), or number them in the "
    "text, [1], [2], each at the start of a line.",
    TOOL: "There are no tools here: give them as model.explain(question, tools=[…]).",
    EXAMPLE: "There are no examples here, as no layout repeats: write them alike, such as 'Q: …' and 'A: …', or with "
    "an empty line between, or name them as spans.",
}


class NamedUnit(NamedTuple):
    """The tokens ``start`` up to ``end`` under a *title*."""

    title: str
    start: int
    end: int


def context_units(trace: Trace, which: str) -> list[NamedUnit]:
    """Return the units of *trace* that *which* names: those given, else those found by their layout.

    Raises:
        AttrWidgetError: There are none.
    """
    found = [
        NamedUnit(one.title, one.start, min(one.end, trace.n_inputs))
        for one in trace.context_spans.get(which, ())
    ]
    found = found or _found(trace, which)
    if not found:
        raise AttrWidgetError(_NONE[which])
    return found


def _found(trace: Trace, which: str) -> list[NamedUnit]:
    find = {DOCUMENT: numbered_documents, EXAMPLE: examples_of}.get(which)
    if find is None:
        return []
    for section in _prompts(trace):
        start, end = section.body or (section.start, section.end)
        pieces = [piece for piece in trace.tokens.units if start <= piece.start < min(end, trace.n_inputs)]
        stretches = find("".join(piece.text for piece in pieces))
        if stretches:
            spans = spans_of_pieces(pieces, stretches)[which]
            return [NamedUnit(one.title, one.start, one.end) for one in spans]
    return _turns(trace) if which == EXAMPLE else []


def _prompts(trace: Trace) -> list[Section]:
    """Return what a user wrote, the last first."""
    before = [one for one in trace.sections if one.start < trace.first_step or not trace.writes_text]
    return before[::-1]


def _turns(trace: Trace) -> list[NamedUnit]:
    """Return each pair of a user's message and the answer to it, if a chat has two before what is asked last."""
    pairs = [
        (asked, told)
        for asked, told in pairwise(trace.messages)
        if asked.title == "user" and told.title == "assistant" and told.body and told.body[0] < told.body[1]
    ]
    if len(pairs) < 2:
        return []
    return [
        NamedUnit(f"example {at}: {_text(trace, asked)}", asked.start, told.end)
        for at, (asked, told) in enumerate(pairs, 1)
    ]


def _text(trace: Trace, section: Section) -> str:
    start, end = section.body or (section.start, section.end)
    return shortened("".join(piece.text for piece in trace.tokens.units if start <= piece.start < end))


def title_of_unit(trace: Trace, unit: Sequence[int]) -> str:
    """Return the words of a *unit*, cut where they are long."""
    inside = set(unit)
    pieces = [piece.text for piece in trace.tokens.units if piece.start in inside]
    return shortened("".join(pieces)) or trace.tokens.labels[unit[0]]
