"""Group inputs into units, such as the tokens of a word, that are removed together."""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.text.tokens import TextPiece

    Unit = tuple[int, ...]
    Starts = Callable[[str], list[int]]

UNITS = ("token", "word", "sentence", "message")
# A full stop ends a sentence when a space follows; those of Chinese and Japanese always do.
_SENTENCE_END = r"""[.!?…]+["'”’»)\]]*\s+|[。！？｡]+["'”’」』）]*\s*|\n+"""
# A full stop after these, after an initial, or after "No." before a number ends no sentence.
_ABBREVIATION = (
    r"\b(?:(?i:mr|mrs|ms|dr|prof|rev|hon|st|mt|jr|sr|gen|col|capt|lt|sgt|sen|gov|messrs|mme|mlle|vs|cf|ca|approx|fig|"
    r"figs|eq|eqs|vol|pp|e\.g|i\.e|u\.s|u\.k|z\.b|d\.h|bzw|nr|hr|fr)|\p{Lu}|(?i:nos?)(?=\.\s+\d))\.\s+.?$"
)


def units_of(trace: Trace, which: Any) -> list[Unit]:
    """Group the inputs into units.

    Args:
        trace: The run that is explained.
        which: ``"token"``; ``"word"``, by Unicode's word boundaries (UAX #29; where no spaces are written, as in
            Chinese, each character); ``"sentence"``, at punctuation and line breaks; ``"message"``, of a chat, with
            units for the header of the answer and the answer itself. These cover all inputs and never cross the border
            of two sections; except in messages a special token is a unit of its own. Or a list of spans, each a pair of
            token positions ``(start, end)`` without the end, or a text, taken wherever it occurs; tokens outside belong
            to no unit.

    Returns:
        Ascending token positions of each unit.

    Raises:
        AttrWidgetError: There are no such units, or spans overlap.
    """
    if which == "token":
        return [(i,) for i in range(trace.n_inputs)]
    if which == "word":
        return _segmented(trace, _word_starts)
    if which == "sentence":
        return _segmented(trace, _sentence_starts)
    if which == "message":
        return _messages(trace)
    if isinstance(which, str) or not hasattr(which, "__iter__"):
        raise AttrWidgetError(
            f"There are no units {which!r}: take one of {', '.join(UNITS)}, or a list of spans."
        )
    return _spans(trace, list(which))


def _segmented(trace: Trace, starts_in: Starts) -> list[Unit]:
    found: list[Unit] = []
    for pieces in _stretches(trace):
        text = "".join(piece.text for piece in pieces)
        starts, offset, places = starts_in(text), 0, []
        for piece in pieces:
            # White space goes with what follows it.
            letter = len(text) - len(text[offset:].lstrip())
            places.append(bisect_right(starts, letter) - 1)
            offset += len(piece.text)
        for _, group in groupby(zip(places, pieces, strict=True), key=lambda pair: pair[0]):
            together = [piece for _, piece in group]
            found.append(tuple(range(together[0].start, min(together[-1].end, trace.n_inputs))))
    return found


def _stretches(trace: Trace) -> Iterator[list[TextPiece]]:
    """Yield the text between section borders and special tokens, and each special token alone."""
    borders = {section.start for section in trace.sections}
    stretch: list[TextPiece] = []
    for piece in trace.tokens.units:
        if piece.start >= trace.n_inputs:
            break
        special = trace.tokens.special[piece.start]
        if stretch and (special or piece.start in borders or trace.tokens.special[stretch[-1].start]):
            yield stretch
            stretch = []
        stretch.append(piece)
    yield stretch


def _word_starts(text: str) -> list[int]:
    import regex  # type: ignore[import-untyped]

    borders = [match.start() for match in regex.finditer(r"(?w)\b", text)]
    return [at for at in borders if at < len(text) and not text[at].isspace()]


def _sentence_starts(text: str) -> list[int]:
    import regex

    ends = []
    for match in regex.finditer(_SENTENCE_END, text):
        before = text[max(0, match.start() - 10) : match.end() + 1]
        if "\n" in match[0] or not regex.search(_ABBREVIATION, before):
            ends.append(match.end())
    return [0, *(end for end in ends if end < len(text))]


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
    """Return the tokens of *wanted* wherever it occurs."""
    pieces = [piece for piece in trace.tokens.units if piece.start < trace.n_inputs]
    text = "".join(piece.text for piece in pieces)
    found: list[int] = []
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        offset = 0
        for piece in pieces:
            if offset < at + len(wanted) and offset + len(piece.text) > at:
                found += range(piece.start, min(piece.end, trace.n_inputs))
            offset += len(piece.text)
        at = text.find(wanted, at + len(wanted))
    if not found:
        raise AttrWidgetError(f"The text {wanted!r} does not occur among the inputs.")
    return tuple(dict.fromkeys(found))
