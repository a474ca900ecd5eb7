"""Find where words, sentences and parts of a text begin, in pieces of whole tokens."""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from attrwidget.text.tokens import TextPiece, Tokens

# A full stop ends a sentence when a space follows; those of Chinese and Japanese always do.
_SENTENCE_END = r"""[.!?…]+["'”’»)\]]*\s+|[。！？｡]+["'”’」』）]*\s*|\n+"""
# A full stop after these, after an initial, or after "No." before a number ends no sentence.
_ABBREVIATION = (
    r"\b(?:(?i:mr|mrs|ms|dr|prof|rev|hon|st|mt|jr|sr|gen|col|capt|lt|sgt|sen|gov|messrs|mme|mlle|vs|cf|ca|approx|fig|"
    r"figs|eq|eqs|vol|pp|e\.g|i\.e|u\.s|u\.k|z\.b|d\.h|bzw|nr|hr|fr)|\p{Lu}|(?i:nos?)(?=\.\s+\d))\.\s+.?$"
)
_HEADING = r"(?m)^\s{0,3}#{1,6}\s+\S"
_PARAGRAPH = r"\n[^\S\n]*\n\s*"


def word_starts(text: str) -> list[int]:
    """Return where words begin, by Unicode's word boundaries (UAX #29)."""
    import regex  # type: ignore[import-untyped]

    borders = [match.start() for match in regex.finditer(r"(?w)\b", text)]
    return [at for at in borders if at < len(text) and not text[at].isspace()]


def sentence_starts(text: str) -> list[int]:
    """Return where sentences begin: after their punctuation, and after line breaks."""
    import regex

    ends = []
    for match in regex.finditer(_SENTENCE_END, text):
        before = text[max(0, match.start() - 10) : match.end() + 1]
        if "\n" in match[0] or not regex.search(_ABBREVIATION, before):
            ends.append(match.end())
    return [0, *(end for end in ends if end < len(text))]


def part_starts(text: str) -> list[int]:
    """Return where parts begin: at Markdown's headings if there are two, else at paragraphs."""
    import regex

    headings = [match.end() - 1 for match in regex.finditer(_HEADING, text)]
    if len(headings) > 1:
        # The signs before a heading belong to it.
        return sorted({0, *(text.rfind("\n", 0, at) + 1 for at in headings)})
    ends = [match.end() for match in regex.finditer(_PARAGRAPH, text)]
    return sorted({0, *(end for end in ends if end < len(text))})


def stretches(tokens: Tokens, borders: set[int], end: int) -> Iterator[list[TextPiece]]:
    """Yield the text before token *end*, parted at *borders*, and each special token alone."""
    stretch: list[TextPiece] = []
    for piece in tokens.units:
        if piece.start >= end:
            break
        special = tokens.special[piece.start]
        if stretch and (special or piece.start in borders or tokens.special[stretch[-1].start]):
            yield stretch
            stretch = []
        stretch.append(piece)
    if stretch:
        yield stretch


def divided(pieces: Sequence[TextPiece], starts_in: Callable[[str], list[int]]) -> Iterator[list[TextPiece]]:
    """Yield the pieces between the places that *starts_in* finds in their text, with the white space before them."""
    text = "".join(piece.text for piece in pieces)
    starts, offset, places = starts_in(text), 0, []
    for piece in pieces:
        letter = len(text) - len(text[offset:].lstrip())
        places.append(bisect_right(starts, letter) - 1)
        offset += len(piece.text)
    for _, group in groupby(zip(places, pieces, strict=True), key=lambda pair: pair[0]):
        yield [piece for _, piece in group]
