"""Group inputs into units, such as the tokens of a word, that are removed together."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.methods.request.context_units import CONTEXT_UNITS, context_units
from attrwidget.text.borders import divided, sentence_starts, stretches, word_starts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.engine.trace import Trace

    Unit = tuple[int, ...]

UNITS = ("token", "word", "sentence", "message", *CONTEXT_UNITS)


def units_of(trace: Trace, which: Any) -> list[Unit]:
    """Group the inputs into units.

    Args:
        trace: The run that is explained.
        which: ``"token"``; ``"word"``, by Unicode's word boundaries (UAX #29; where no spaces are written, as in
            Chinese, each character); ``"sentence"``, at punctuation and line breaks; ``"message"``, of a chat, with
            units for the header of the answer and the answer itself. These cover all inputs and never cross the border
            of two sections; except in messages a special token is a unit of its own. ``"document"``, ``"tool"`` and
            ``"example"`` are those given with the question or found by their layout. Or a list of spans, each a pair of
            token positions ``(start, end)`` without the end, or a text, taken wherever it occurs in the prompt; in
            the answer only where the prompt does not have it. Tokens outside belong to no unit.

    Returns:
        Ascending token positions of each unit.

    Raises:
        AttrWidgetError: There are no such units, or spans overlap.
    """
    if which == "token":
        return [(i,) for i in range(trace.n_inputs)]
    if which == "word":
        return _segmented(trace, word_starts)
    if which == "sentence":
        return _segmented(trace, sentence_starts)
    if which == "message":
        return _messages(trace)
    if which in CONTEXT_UNITS:
        return [tuple(range(unit.start, unit.end)) for unit in context_units(trace, which)]
    if isinstance(which, str) or not hasattr(which, "__iter__"):
        raise AttrWidgetError(
            f"There are no units {which!r}: take one of {', '.join(UNITS)}, or a list of spans."
        )
    return _spans(trace, list(which))


def _segmented(trace: Trace, starts_in: Callable[[str], list[int]]) -> list[Unit]:
    borders = {section.start for section in trace.sections}
    return [
        tuple(range(pieces[0].start, min(pieces[-1].end, trace.n_inputs)))
        for stretch in stretches(trace.tokens, borders, trace.n_inputs)
        for pieces in divided(stretch, starts_in)
    ]


def _messages(trace: Trace) -> list[Unit]:
    if not trace.messages:
        raise AttrWidgetError(
            "There are no messages here: give the prompt as chat messages, or take 'sentence' or spans of your own."
        )
    cuts = {0, trace.n_inputs, *(section.start for section in trace.sections)}
    cuts |= {border for span in trace.messages for border in (span.start, span.end)}
    borders = sorted(cut for cut in cuts if cut <= trace.n_inputs)
    return [tuple(range(a, b)) for a, b in pairwise(borders)]


def _spans(trace: Trace, given: Sequence[Any]) -> list[Unit]:
    units = sorted(_text(trace, span) if isinstance(span, str) else _pair(trace, span) for span in given)
    if not units:
        raise AttrWidgetError("units= is an empty list: name at least one span.")
    taken: set[int] = set()
    for unit in units:
        if taken & set(unit):
            label = trace.tokens.labels[min(taken & set(unit))]
            raise AttrWidgetError(f"Two spans share the token {label!r}: units must not overlap.")
        taken |= set(unit)
    return units


def _pair(trace: Trace, span: Any) -> Unit:
    try:
        start, end = span
    except (TypeError, ValueError):
        start = end = None
    if not (is_whole(start) and is_whole(end) and 0 <= start < end <= trace.n_inputs):
        raise AttrWidgetError(
            f"A span is a text or a pair (start, end) of token positions from 0 to {trace.n_inputs}, not {span!r}."
        )
    return tuple(range(int(start), int(end)))


def _text(trace: Trace, wanted: str) -> Unit:
    """Return the tokens of *wanted* wherever it occurs in the prompt, else in the answer."""
    prompt = _occurrences(trace, wanted, min(trace.first_step, trace.n_inputs))
    # An answer often quotes its source: what it wrote itself is no part of a document that is left out.
    found = prompt or _occurrences(trace, wanted, trace.n_inputs)
    if not found:
        raise AttrWidgetError(f"The text {wanted!r} does not occur among the inputs.")
    return found


def _occurrences(trace: Trace, wanted: str, end: int) -> Unit:
    pieces = [piece for piece in trace.tokens.units if piece.start < end]
    text = "".join(piece.text for piece in pieces)
    found: list[int] = []
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        offset = 0
        for piece in pieces:
            if offset < at + len(wanted) and offset + len(piece.text) > at:
                found += range(piece.start, min(piece.end, end))
            offset += len(piece.text)
        at = text.find(wanted, at + len(wanted))
    return tuple(dict.fromkeys(found))
