"""Lay out the flow view: the text with arcs from the inputs that hold most of what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.figures.colors import hues, tinted
from attrwidget.figures.marks import Box, Line, Words
from attrwidget.figures.sheet import CAPTION_LINE, MARGIN, SMALL
from attrwidget.figures.views.arcs import arcs_of
from attrwidget.figures.views.text import TextView
from attrwidget.figures.views.text_layout import DOWN, TINY, UP, TextLayout, draw_scale, tint_of
from attrwidget.still.sentences import numeral

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from attrwidget.figures.fonts import Fonts
    from attrwidget.figures.look import Look
    from attrwidget.figures.marks import Mark
    from attrwidget.figures.picture import Picture, Unit
    from attrwidget.figures.sheet import Sheet
    from attrwidget.figures.views.arcs import Arc, Arcs
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

Area = tuple[float, float, float, float]

_ABOVE = 15.0  # points over each line, for arcs and numbers
_GAP = 1.5  # between an arc and a word, or its frame
_RISE = 12.0  # the most that an arc between words of one line rises
_LANE, _LANES = 1.6, 10.0  # between the arcs of several heads, and the most of all of them
_NUMBERS = 40


class FlowView(TextView):
    """The text of a reading with arcs to the word explained."""

    pictured = "arcs"
    instead = "view='text', which has the same scores"

    def __init__(self, reading: Reading, state: Mapping[str, Any], progress: Progress | None) -> None:
        super().__init__(reading, state, progress)
        self._arcs = arcs_of(self._reading, self._picture)
        self.caption = [*self.caption, caption_of(self._picture, self._arcs)]

    def words(self) -> str:
        """Return the text, and what heads are called."""
        return f"{super().words()}\nL H"

    def draw(self, sheet: Sheet) -> None:
        """Draw the text with its arcs, and the scale of its tints."""
        _Flow(self._picture, self._arcs, sheet).draw()

    def to_markdown(self, *, caption: bool) -> bytes:  # noqa: ARG002
        """Raise AttrWidgetError."""
        raise self._refused("Markdown")

    def to_latex(self, fonts: Fonts, look: Look) -> bytes:  # noqa: ARG002
        """Raise AttrWidgetError."""
        raise self._refused("LaTeX")


def caption_of(picture: Picture, arcs: Arcs) -> str:
    """Return how many arcs there are, and which."""
    share = f"{100 * picture.shown.options['arc_share']:.0f} %"
    drawn = sum(not arc.sink for arc in arcs.drawn)
    several = f" of each of {len(arcs.heads)} heads" if arcs.heads else ""
    if drawn < arcs.among:
        return f"arcs: the strongest {drawn} of the {arcs.among:,} that make up {share}{several}"
    known = int(np.isfinite(picture.compared).sum())
    inputs = "" if arcs.heads else f"{drawn} of {known} inputs, "
    units = {unit.at for part in picture.parts for unit in part.units}
    missing = len({arc.start for arc in arcs.drawn if not arc.sink} - units)
    template = f"; {missing} begin in tokens of the template, which is left out" if missing else ""
    return f"arcs: {inputs}the top {share}{several}{template}"


class _Flow:
    def __init__(self, picture: Picture, arcs: Arcs, sheet: Sheet) -> None:
        self._picture, self._arcs, self._sheet = picture, arcs, sheet
        self._units = {unit.at: unit for part in picture.parts for unit in part.units}
        self._hues = hues(sheet.look.theme)
        self._text = TextLayout(picture, sheet, _ABOVE, numbers=False)

    def draw(self) -> None:
        sheet = self._sheet
        self._text.draw(lambda: list(self._curves()))
        sheet.add(*self._numbers())
        sheet.y += 5
        draw_scale(self._picture, sheet)
        if self._arcs.heads:
            self._legend()

    def _target(self) -> Area | None:
        """Return the box of the first unit explained."""
        said = (unit for unit in self._units.values() if unit.said and unit.at in self._text.boxes)
        first = next(said, None)
        return None if first is None else self._text.boxes[first.at]

    def _placed(self) -> Iterator[tuple[Arc, Area, Area]]:
        """Yield the arcs whose ends are drawn, the strongest first, with the boxes of both."""
        target, boxes = self._target(), self._text.boxes
        if target is not None:
            yield from ((arc, boxes[arc.start], target) for arc in self._arcs.drawn if arc.start in boxes)

    def _curves(self) -> Iterator[Mark]:
        theme, heads = self._sheet.theme, len(self._arcs.heads)
        for arc, start, end in reversed(list(self._placed())):
            shift = -_LANE if arc.sink else 0.0
            if arc.head is not None:
                shift = (arc.head - (heads - 1) / 2) * min(_LANE, _LANES / heads)
            color = self._color(arc)
            strength = 0.4 if arc.sink else 0.45 + 0.55 * arc.strength
            thick = 0.6 + arc.strength * (1.2 if heads else 2.0)
            line = tinted(theme, color, strength)
            yield Line(
                curve(start, end, shift), line, thick, dashed=arc.negative, dotted=arc.sink, curved=True
            )

    def _color(self, arc: Arc) -> str:
        if arc.sink:
            return self._sheet.theme.soft
        if arc.head is not None:
            return self._hues[arc.head]
        return tint_of(self._picture, self._sheet, -1 if arc.negative else 1)

    def _numbers(self) -> Iterator[Mark]:
        """Yield the numbers of inputs with an arc, the strongest first, each on the side where its arc is not."""
        taken: list[Area] = []
        for arc, start, end in self._placed():
            unit = self._units[arc.start]
            if len(taken) == _NUMBERS:
                return
            text = self._text_of(unit)
            width = self._sheet.fonts.width(text, TINY)
            middle = start[0] + start[2] / 2 - width / 2
            left = min(max(MARGIN, middle), self._sheet.width - MARGIN - width)
            below = _on_one_line(start, end) or end[1] < start[1]
            top = start[1] + UP + DOWN + 1.2 if below else start[1] - TINY - 1.0
            area = (left - 0.8, top, width + 1.6, TINY + 0.4)
            if any(_overlap(area, other) for other in taken):
                continue
            taken.append(area)
            yield Box(*area, fill=self._sheet.theme.ground)
            yield Words(text, left, top + TINY - 0.4, width, TINY, self._sheet.theme.soft)

    def _text_of(self, unit: Unit) -> str:
        return numeral(unit.value, signed=self._picture.signed, high=self._picture.high)

    def _legend(self) -> None:
        """Name the heads beside their hues."""
        sheet, left = self._sheet, MARGIN
        for k, (layer, head) in enumerate(self._arcs.heads):
            name = f"L{layer + 1} H{head + 1}"
            width = 12 + sheet.fonts.width(name, SMALL)
            if left + width > sheet.width - MARGIN:
                left, sheet.y = MARGIN, sheet.y + CAPTION_LINE
            middle = sheet.y + CAPTION_LINE - 4.5
            sheet.add(Line(((left, middle), (left + 9, middle)), self._hues[k], 1.6))
            left = sheet.words(name, left + 12, sheet.y + CAPTION_LINE - 2.5, SMALL) + 8
        sheet.y += CAPTION_LINE


def curve(start: Area, end: Area, shift: float = 0.0) -> tuple[tuple[float, float], ...]:
    """Return the four points of the curve between two words: over those of one line, else from near edge to near edge.

    *shift* sets the arcs of several heads apart. Source: js/views/flow/curve.ts.
    """
    x0, x3 = start[0] + start[2] / 2, end[0] + end[2] / 2
    if _on_one_line(start, end):
        out = shift if x0 < x3 else -shift
        x0, x3 = x0 - out, x3 + out
        y0, y3 = start[1] - _GAP, end[1] - _GAP
        peak = (min(_RISE, 5 + 0.13 * abs(x3 - x0)) + shift) * 4 / 3
        return (x0, y0), (x0, y0 - peak), (x3, y3 - peak), (x3, y3)
    down = start[1] < end[1]
    y0 = start[1] + start[3] + _GAP if down else start[1] - _GAP
    y3 = end[1] - _GAP if down else end[1] + end[3] + _GAP
    bend = (y3 - y0) * 0.55
    return (x0 + shift, y0), (x0 + shift, y0 + bend), (x3 + shift, y3 - bend), (x3 + shift, y3)


def _on_one_line(a: Area, b: Area) -> bool:
    return abs(a[1] - b[1]) < UP


def _overlap(a: Area, b: Area) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
