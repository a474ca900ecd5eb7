"""Break text into words and lines, and say where each word stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.figures.bidi import levels_of, right_to_left, visual_order
from attrwidget.text.words import without_spaces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.figures.fonts import Fonts

_PIECES = re.compile(r"\n|[^\S\n]+|\S+")
_BREAK = "\n"


class Piece(NamedTuple):
    """A piece of one unit's text: without a space, or of spaces alone."""

    unit: int
    text: str


class Word(NamedTuple):
    """Pieces without a line break between them, or one piece of spaces; and their width."""

    pieces: tuple[Piece, ...]
    width: float

    @property
    def text(self) -> str:
        """The whole word, which is shaped as one."""
        return "".join(piece.text for piece in self.pieces)


class Place(NamedTuple):
    """A piece at *left*, *width* points wide; *right_to_left* as its word is."""

    piece: Piece
    left: float
    width: float
    right_to_left: bool = False


def lines_of(texts: Sequence[str], fonts: Fonts, size: float, room: float) -> list[list[Place]]:
    """Return the lines of the units' *texts*, at most *room* points wide, with the place of each piece.

    Lines break at spaces, at newlines, between characters of scripts without spaces, and inside a word that is wider
    than a line. A newline stands at the end of its line, without a width.
    """
    lines: list[list[Place]] = []
    for paragraph, mark in _paragraphs(texts):
        base = int(right_to_left("".join(piece.text for piece in paragraph)))
        broken = list(_broken(_words(paragraph, fonts, size, room), room))
        lines.extend(_placed(line, base, fonts, size, room) for line in broken or [[]])
        if mark is not None:
            end = max((place.left + place.width for place in lines[-1]), default=0.0)
            lines[-1].append(Place(mark, end, 0.0))
    return lines


def _paragraphs(texts: Sequence[str]) -> Iterator[tuple[list[Piece], Piece | None]]:
    """Yield the pieces up to each newline, and the newline; None at the end of the text."""
    paragraph: list[Piece] = []
    for unit, text in enumerate(texts):
        for part in _PIECES.findall(text):
            if part == _BREAK:
                yield paragraph, Piece(unit, part)
                paragraph = []
            else:
                paragraph.append(Piece(unit, part))
    if paragraph:
        yield paragraph, None


def _words(pieces: Sequence[Piece], fonts: Fonts, size: float, room: float) -> Iterator[Word]:
    """Yield words and, as words of their own, the spaces between them."""
    word: list[Piece] = []
    for piece in _split(pieces):
        joins = (
            word and not piece.text.isspace() and not word[-1].text.isspace() and _together(word[-1], piece)
        )
        if joins and fonts.width("".join(p.text for p in [*word, piece]), size) <= room:
            word.append(piece)
        else:
            if word:
                yield _word(word, fonts, size)
            word = [piece]
    if word:
        yield _word(word, fonts, size)


def _split(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield *pieces* with characters of scripts without spaces, and those of very long words, by themselves."""
    for unit, text in pieces:
        if len(text) > 1 and (len(text) > 40 or any(map(without_spaces, text))):
            yield from (Piece(unit, character) for character in text)
        else:
            yield Piece(unit, text)


def _together(left: Piece, right: Piece) -> bool:
    """Return whether no line breaks between two pieces: a mark stays with the character before it."""
    return not (without_spaces(left.text[-1]) and right.text[0].isalnum()) and not without_spaces(
        right.text[0]
    )


def _word(pieces: Sequence[Piece], fonts: Fonts, size: float) -> Word:
    return Word(tuple(pieces), fonts.width("".join(p.text for p in pieces), size))


def _broken(words: Iterator[Word], room: float) -> Iterator[list[Word]]:
    """Yield the words of each line; spaces at a break are left out."""
    line: list[Word] = []
    for word in words:
        if line and sum(w.width for w in line) + word.width > room:
            while line and line[-1].text.isspace():
                line.pop()
            if line:
                yield line
            line = []
            if word.text.isspace():
                continue
        line.append(word)
    if line:
        yield line


def _placed(line: Sequence[Word], base: int, fonts: Fonts, size: float, room: float) -> list[Place]:
    """Return the places of the pieces of a line, which begins at the right where the paragraph does."""
    levels = levels_of([word.text for word in line], base)
    left = room - sum(word.width for word in line) if base else 0.0
    places: list[Place] = []
    for i in visual_order(levels):
        places.extend(_inside(line[i], left, fonts, size, right=levels[i] % 2 == 1))
        left += line[i].width
    return places


def _inside(word: Word, left: float, fonts: Fonts, size: float, *, right: bool) -> Iterator[Place]:
    """Yield the places of the pieces of a word that begins at *left*: each ends where the text up to it does."""
    start, text = 0.0, ""
    for piece in word.pieces:
        text += piece.text
        # The first part of a word may be wider by itself: its last letter has another form there.
        end = word.width if text == word.text else min(max(start, fonts.width(text, size)), word.width)
        yield Place(piece, left + (word.width - end if right else start), end - start, right)
        start = end
