"""The lines below the table of layers: p of what was said and of its rivals, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.figures.colors import hues
from attrwidget.figures.marks import Line
from attrwidget.figures.sheet import CAPTION_LINE, MARGIN, SMALL
from attrwidget.still.sentences import chance
from attrwidget.text.tokens import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.figures.sheet import Sheet
    from attrwidget.results.base import Reading

Named = tuple[str, "NDArray[np.floating]"]

_RIVALS = 4
_HEIGHT, _TICKS, _SIZE = 62.0, 8, 5.0
_AXIS = 8.0


def lines_of_step(reading: Reading, step: int) -> Sequence[Named]:
    """Return the words at *step* with their p in each layer: what was said first, then its likeliest rivals."""
    lens, contrasts = reading.lens, reading.contrasts
    if lens is None:
        return []
    [read] = lens.read([step])
    lines: list[Named] = [(reading.tokens.labels[reading.first_step + step], read.chosen)]
    if contrasts is not None:
        top = reading.steps["top"].iloc[step]
        rank = reading.steps["rank"].iloc[step]
        rivals = [
            (text, one)
            for place, ((text, _), one) in enumerate(zip(top, contrasts.likeliest(step), strict=True), 1)
            if place != rank
        ][:_RIVALS]
        found = lens.rivals(step, [one for _, one in rivals])
        lines += [(visible(text), found[:, k]) for k, (text, _) in enumerate(rivals)]
    return lines


def draw_lines(lines: Sequence[Named], sheet: Sheet) -> None:
    """Draw the lines with their axes, and name each with its p in the last layer."""
    colors = [sheet.theme.said, *hues(sheet.look.theme)[4:], *hues(sheet.look.theme)]
    left, right = MARGIN + _AXIS, sheet.width - MARGIN - 4
    top, bottom = sheet.y + 3, sheet.y + _HEIGHT - 8
    layers = len(lines[0][1])
    across = (right - left) / max(1, layers - 1)
    for value in (0, 1):
        y = bottom + (top - bottom) * value
        sheet.add(Line(((left, y), (right, y)), sheet.theme.soft, 0.3))
        sheet.words(str(value), MARGIN, y + 0.36 * _SIZE, _SIZE)
    every = -(-layers // _TICKS)
    for layer in (k for k in range(layers) if k == 0 or (k + 1) % every == 0):
        name = str(layer + 1)
        middle = left + layer * across - sheet.fonts.width(name, _SIZE) / 2
        sheet.words(name, middle, bottom + 7, _SIZE)
    for k, (_, p) in reversed(list(enumerate(lines))):
        points = [(left + i * across, bottom + (top - bottom) * float(v)) for i, v in enumerate(p)]
        ends = tuple(points if layers > 1 else [(left, points[0][1]), (right, points[0][1])])
        sheet.add(Line(ends, colors[k], 0.8 if k else 1.4, dashed=k > 0))
    sheet.y += _HEIGHT
    _legend(lines, colors, sheet)


def _legend(lines: Sequence[Named], colors: Sequence[str], sheet: Sheet) -> None:
    left = MARGIN
    for k, (name, p) in enumerate(lines):
        text = f"{name} {chance(float(p[-1]))}"
        if left + 12 + sheet.fonts.width(text, SMALL) > sheet.width - MARGIN:
            left, sheet.y = MARGIN, sheet.y + CAPTION_LINE
        middle = sheet.y + CAPTION_LINE - 4.5
        ends = ((left, middle), (left + 9, middle))
        sheet.add(Line(ends, colors[k], 0.8 if k else 1.4, dashed=k > 0))
        left = sheet.words(text, left + 12, sheet.y + CAPTION_LINE - 2.5, SMALL) + 8
    sheet.y += CAPTION_LINE + 2
