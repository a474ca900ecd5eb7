"""Units: inputs that are taken together, such as the tokens of a word."""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.text.tokens import Unit as Piece

    Unit = tuple[int, ...]
    Starts = Callable[[str], list[int]]

UNITS = ("token", "word", "sentence", "message")
# A full stop ends a sentence when a space follows; those of Chinese and Japanese always do.
_SENTENCE_END = r"""[.!?…]+["'”’»)\]]*\s+|[。！？｡]+["'”’」』）]*\s*|\n+"""


def units_of(trace: Trace, which: Any) -> list[Unit]:
    """Return the units of *trace*'s inputs, each the ascending positions of its tokens.

    *which* is ``"token"``; ``"word"``, by Unicode's word boundaries (UAX #29): where no spaces are set, as in Chinese,
    each character; ``"sentence"``, at punctuation and line breaks; ``"message"``, of a chat: the header of the answer
    and the answer itself are units too. These cover all inputs, none straddles the border of two sections, and a
    special token is a unit of its own but in messages. Or *which* is a list of spans, each a pair of token positions
    ``(start, end)``, the end not included, or a text, taken wherever it occurs; tokens outside belong to no unit.
    Raises AttrWidgetError for anything else, and for spans that overlap.
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


def _stretches(trace: Trace) -> Iterator[list[Piece]]:
    """Yield the pieces of text between section borders and special tokens, and each of these alone."""
    borders = {section.start for section in trace.sections}
    stretch: list[Piece] = []
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

    ends = [match.end() for match in regex.finditer(_SENTENCE_END, text)]
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
    """Return the tokens that take part in *wanted* wherever it occurs."""
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
