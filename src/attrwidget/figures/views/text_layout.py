"""Lay the text out: tints, frames, words and the numbers above the strongest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.figures.colors import mixed, tinted
from attrwidget.figures.lines import lines_of
from attrwidget.figures.marks import Box, Line, Words
from attrwidget.figures.picture import against
from attrwidget.figures.sheet import MARGIN
from attrwidget.still.sentences import numeral, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from attrwidget.figures.lines import Place
    from attrwidget.figures.marks import Mark
    from attrwidget.figures.picture import Part, Picture, Unit
    from attrwidget.figures.sheet import Sheet

TEXT, TINY = 8.0, 5.0
UP, DOWN = 7.6, 2.6  # a tint reaches so far above and below the baseline
_LINE = 15.5
_BELOW = 4.5  # from the baseline to the end of a line
_FAINT = 0.004
_NEWLINE = 3.0
_STEPS = 24  # of the scale


def draw_scale(picture: Picture, sheet: Sheet) -> None:
    """Draw the scale of the tints."""
    if not sheet.look.caption:
        return
    theme, low = sheet.theme, "0"
    shares = [(k + 0.5) / _STEPS for k in range(_STEPS)]
    if picture.signed:
        low = numeral(-picture.high, signed=True, high=picture.high)
        shares = [2 * share - 1 for share in shares]
    colors = [tinted(theme, tint_of(picture, sheet, s), abs(s) * picture.intensity) for s in shares]
    sheet.scale(low, numeral(picture.high, signed=picture.signed, high=picture.high), colors)


def tint_of(picture: Picture, sheet: Sheet, share: float) -> str:
    """Return the colour at full strength of a share of that sign."""
    theme = sheet.theme
    return theme.share if not picture.signed else theme.less if share < 0 else theme.more


class TextLayout:
    """The text on a sheet, with *above* points of room over each line.

    Attributes:
        boxes: The first box of each unit that is drawn, by its number: left, top, width and height.
    """

    def __init__(self, picture: Picture, sheet: Sheet, above: float = 0.0, *, numbers: bool = True) -> None:
        self._picture, self._sheet, self._theme, self._fonts = picture, sheet, sheet.theme, sheet.fonts
        self._above, self._numbered = above, numbers
        self.boxes: dict[int, tuple[float, float, float, float]] = {}
        self._under: list[Mark] = []
        self._over: list[Mark] = []

    def draw(self, between: Callable[[], Sequence[Mark]] = tuple) -> None:
        """Draw it; what *between* returns lies over the tints and under the words."""
        for part in self._picture.parts:
            self._part(part)
        self._sheet.add(*self._under, *between(), *self._over)

    def _part(self, part: Part) -> None:
        heading = " · ".join(filter(None, [part.title, part.note]))
        if heading:
            self._sheet.small(heading)
            self._sheet.y += 3
        units = part.units
        texts = [printable(unit.text, keep="\n").replace("\t", "    ") for unit in units]
        texts[:1] = [text.lstrip(" ") or text for text in texts[:1]]
        for line in lines_of(texts, self._fonts, TEXT, self._sheet.room):
            self._line([place._replace(left=place.left + MARGIN) for place in line], units)
        self._sheet.y += 3

    def _line(self, line: Sequence[Place], units: Sequence[Unit]) -> None:
        self._sheet.y += self._above
        baseline = self._sheet.y + _LINE - _BELOW
        # A space before a word is not tinted: the tint fits the word.
        blank = {u for u, unit in enumerate(units) if not unit.text.strip()}
        places = [place for place in line if place.piece.unit in blank or not place.piece.text.isspace()]
        for place in places:
            self._tint(place, units[place.piece.unit], baseline)
        self._frames(places, units, baseline)
        self._words(places, units, baseline)
        if self._numbered:
            self._numbers(places, units, baseline)
        self._sheet.y += _LINE

    def _tint(self, place: Place, unit: Unit, baseline: float) -> None:
        theme, width = self._theme, place.width or _NEWLINE
        area = (place.left, baseline - UP, width, UP + DOWN)
        self.boxes.setdefault(unit.at, area)
        strength = abs(unit.share)
        if unit.sink:
            self._under.append(Box(*area, stroke=theme.soft, thick=0.4, hatched=True))
        elif unit.hidden:
            self._under.append(Box(*area, stroke=theme.soft, thick=0.5, dashed=True))
        elif strength >= _FAINT:
            color = tint_of(self._picture, self._sheet, unit.share)
            self._under.append(Box(*area, fill=tinted(theme, color, strength * self._picture.intensity)))
            if against(self._picture, unit):
                line = mixed(color, theme.ground, 0.35 + 0.65 * strength)
                ends = ((place.left, baseline + DOWN), (place.left + width, baseline + DOWN))
                self._under.append(Line(ends, line, 0.8, dashed=True))

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
            area = (left - 0.4, baseline - UP - 0.5, right - left + 0.8, UP + DOWN + 1)
            self._over.append(Box(*area, fill=None, stroke=self._theme.said, thick=0.8))

    def _words(self, places: Sequence[Place], units: Sequence[Unit], baseline: float) -> None:
        """Write pieces that touch and have one colour as one text, so that letters are joined and kerned."""
        written = [place for place in places if place.piece.text.strip()]
        for run in _runs(written, [self._color(units[p.piece.unit]) for p in written]):
            text = "".join(p.piece.text for p in run)
            left, width = min(p.left for p in run), sum(p.width for p in run)
            color = self._color(units[run[0].piece.unit])
            self._over.append(Words(text, left, baseline, width, TEXT, color, run[0].right_to_left))

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
            width = self._fonts.width(unit.number, TINY)
            left = min(max(MARGIN, middle - width / 2), self._sheet.width - MARGIN - width)
            if left >= end:
                self._over.append(
                    Words(unit.number, left, baseline - UP - 1.2, width, TINY, self._theme.soft)
                )
                end = left + width + 1


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
