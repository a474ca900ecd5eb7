"""Lay a picture out in points: boxes, strokes and words, which each format draws in its own way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.figures.bidi import right_to_left
from attrwidget.figures.colors import THEMES, Theme, mixed, tinted
from attrwidget.figures.lines import lines_of
from attrwidget.still.sentences import numeral, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.figures.fonts import Fonts
    from attrwidget.figures.lines import Place
    from attrwidget.figures.picture import Part, Picture, Unit

WIDTHS = {1: 234.0, 2: 486.0}  # points: 3.25 and 6.75 inches, a column of a paper and its page
_TEXT, _SMALL, _TINY = 8.0, 6.0, 5.0
_LINE, _CAPTION_LINE = 15.5, 8.5
_UP, _DOWN = 7.6, 2.6  # a tint reaches so far above and below the baseline
_MARGIN = 3.0
_FAINT = 0.004
_UNDERLINED = 0.03
_BAR = 60.0
_NEWLINE = 3.0


class Box(NamedTuple):
    """A rectangle with its *fill* or its *stroke* colour, or None; hatched with its stroke, or dashed."""

    left: float
    top: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    thick: float = 0.0
    dashed: bool = False
    hatched: bool = False


class Stroke(NamedTuple):
    """A horizontal line."""

    left: float
    y: float
    width: float
    color: str
    thick: float
    dashed: bool = False


class Words(NamedTuple):
    """A text on a *baseline*, *width* points wide."""

    text: str
    left: float
    baseline: float
    width: float
    size: float
    color: str
    right_to_left: bool = False


@dataclass
class Drawing:
    """All marks of a figure, in the order in which they are drawn; lengths in points from the top left corner."""

    width: float
    height: float
    ground: str
    marks: list[Box | Stroke | Words] = field(default_factory=list)


def lay_out(picture: Picture, fonts: Fonts, *, columns: int, theme: str, caption: bool) -> Drawing:
    """Return the drawing of *picture*, as wide as *columns* of a paper."""
    return _Layout(picture, fonts, WIDTHS[columns], THEMES[theme]).drawn(caption=caption)


def against(picture: Picture, unit: Unit) -> bool:
    """Return whether a unit speaks against what is explained, and is underlined: colour alone does not show it."""
    return picture.signed and unit.share < -_UNDERLINED


class _Layout:
    def __init__(self, picture: Picture, fonts: Fonts, width: float, theme: Theme) -> None:
        self._picture, self._fonts, self._theme = picture, fonts, theme
        self._room = width - 2 * _MARGIN
        self._drawing = Drawing(width, 0.0, theme.ground)
        self._y = _MARGIN

    def drawn(self, *, caption: bool) -> Drawing:
        for part in self._picture.parts:
            self._part(part)
        self._y += 2
        if caption:
            self._legend()
            for sentence in self._picture.caption:
                self._small(sentence)
        self._drawing.height = self._y + _MARGIN
        return self._drawing

    def _add(self, *marks: Box | Stroke | Words) -> None:
        self._drawing.marks.extend(marks)

    def _part(self, part: Part) -> None:
        heading = " · ".join(filter(None, [part.title, part.note]))
        if heading:
            self._small(heading)
            self._y += 3
        units = part.units
        texts = [printable(unit.text, keep="\n").replace("\t", "    ") for unit in units]
        texts[:1] = [text.lstrip(" ") or text for text in texts[:1]]
        for line in lines_of(texts, self._fonts, _TEXT, self._room):
            self._line([place._replace(left=place.left + _MARGIN) for place in line], units)
        self._y += 3

    def _line(self, line: Sequence[Place], units: Sequence[Unit]) -> None:
        baseline = self._y + _LINE - 4.5
        # A space before a word is not tinted: the tint fits the word.
        blank = {u for u, unit in enumerate(units) if not unit.text.strip()}
        places = [place for place in line if place.piece.unit in blank or not place.piece.text.isspace()]
        for place in places:
            self._tint(place, units[place.piece.unit], baseline)
        self._frames(places, units, baseline)
        self._words(places, units, baseline)
        self._numbers(places, units, baseline)
        self._y += _LINE

    def _tint(self, place: Place, unit: Unit, baseline: float) -> None:
        theme, width = self._theme, place.width or _NEWLINE
        area = (place.left, baseline - _UP, width, _UP + _DOWN)
        strength = abs(unit.share)
        if unit.sink:
            self._add(Box(*area, stroke=theme.soft, thick=0.4, hatched=True))
        elif unit.hidden:
            self._add(Box(*area, stroke=theme.soft, thick=0.5, dashed=True))
        elif strength >= _FAINT:
            color = theme.share if not self._picture.signed else theme.less if unit.share < 0 else theme.more
            self._add(Box(*area, fill=tinted(theme, color, strength * self._picture.intensity)))
            if against(self._picture, unit):
                line = mixed(color, theme.ground, 0.35 + 0.65 * strength)
                self._add(Stroke(place.left, baseline + _DOWN, width, line, 0.8, dashed=True))

    def _frames(self, places: Sequence[Place], units: Sequence[Unit], baseline: float) -> None:
        """Frame what is explained; neighbours share a frame."""
        said = sorted((p.left, p.left + (p.width or _NEWLINE)) for p in places if units[p.piece.unit].said)
        joined: list[tuple[float, float]] = []
        for left, right in said:
            if joined and left - joined[-1][1] < 4:
                joined[-1] = (joined[-1][0], right)
            else:
                joined.append((left, right))
        for left, right in joined:
            area = (left - 0.4, baseline - _UP - 0.5, right - left + 0.8, _UP + _DOWN + 1)
            self._add(Box(*area, fill=None, stroke=self._theme.said, thick=0.8))

    def _words(self, places: Sequence[Place], units: Sequence[Unit], baseline: float) -> None:
        """Write pieces that touch and have one colour as one text, so that letters are joined and kerned."""
        written = [place for place in places if place.piece.text.strip()]
        for run in _runs(written, [self._color(units[p.piece.unit]) for p in written]):
            text = "".join(p.piece.text for p in run)
            left, width = min(p.left for p in run), sum(p.width for p in run)
            color = self._color(units[run[0].piece.unit])
            self._add(Words(text, left, baseline, width, _TEXT, color, run[0].right_to_left))

    def _color(self, unit: Unit) -> str:
        return self._theme.said if unit.said else self._theme.later if unit.later else self._theme.ink

    def _numbers(self, places: Sequence[Place], units: Sequence[Unit], baseline: float) -> None:
        """Write the strongest units' numbers above them, where there is room."""
        done: set[int] = set()
        end = 0.0
        for place in sorted(places, key=lambda p: p.left):
            unit = units[place.piece.unit]
            if not unit.number or place.piece.unit in done:
                continue
            done.add(place.piece.unit)
            own = [p for p in places if p.piece.unit == place.piece.unit]
            middle = (min(p.left for p in own) + max(p.left + p.width for p in own)) / 2
            width = self._fonts.width(unit.number, _TINY)
            left = min(max(_MARGIN, middle - width / 2), self._drawing.width - _MARGIN - width)
            if left >= end:
                self._add(Words(unit.number, left, baseline - _UP - 1.2, width, _TINY, self._theme.soft))
                end = left + width + 1

    def _small(self, text: str) -> None:
        """Write a text in small letters below what is there."""
        shown = printable(text)
        for line in lines_of([shown], self._fonts, _SMALL, self._room):
            baseline = self._y + _CAPTION_LINE - 2.5
            for place in line:
                if not place.piece.text.isspace():
                    words = (place.piece.text, place.left + _MARGIN, baseline, place.width, _SMALL)
                    self._add(Words(*words, self._theme.soft, right_to_left(place.piece.text)))
            self._y += _CAPTION_LINE

    def _legend(self) -> None:
        """Draw the scale with the numbers of its ends."""
        picture, theme, baseline = self._picture, self._theme, self._y + _CAPTION_LINE - 2.5
        low = numeral(-picture.high, signed=True, high=picture.high) if picture.signed else "0"
        high = numeral(picture.high, signed=picture.signed, high=picture.high)
        start = _MARGIN + self._fonts.width(low, _SMALL) + 3
        count = 24
        for k in range(count):
            share = (2 * (k + 0.5) / count - 1) if picture.signed else (k + 0.5) / count
            color = theme.share if not picture.signed else theme.less if share < 0 else theme.more
            fill = tinted(theme, color, abs(share) * picture.intensity)
            self._add(Box(start + k * _BAR / count, baseline - 4.6, _BAR / count, 5, fill=fill))
        self._add(Box(start, baseline - 4.6, _BAR, 5, stroke=theme.soft, thick=0.3))
        for text, left in ((low, _MARGIN), (high, start + _BAR + 3)):
            self._add(Words(text, left, baseline, self._fonts.width(text, _SMALL), _SMALL, theme.soft))
        self._y += _CAPTION_LINE + 1


def _runs(places: Sequence[Place], colors: Sequence[str]) -> Iterator[list[Place]]:
    """Yield places that follow one another in one colour and direction."""
    run: list[Place] = []
    color = ""
    for place, own in zip(places, colors, strict=True):
        if run and own == color and _follows(place, run[-1]):
            run.append(place)
            continue
        if run:
            yield run
        run, color = [place], own
    if run:
        yield run


def _follows(place: Place, last: Place) -> bool:
    """Return whether *place* begins where *last* ends, in the same direction."""
    if place.right_to_left != last.right_to_left:
        return False
    gap = place.left + place.width - last.left if place.right_to_left else last.left + last.width - place.left
    return abs(gap) < 0.01
