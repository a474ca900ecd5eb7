"""The heads view: a small picture of what every head read, or one head enlarged (``one_head.py``)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.figures.colors import channels, mixed
from attrwidget.figures.marks import Box, Raster
from attrwidget.figures.sheet import MARGIN
from attrwidget.figures.views.one_head import OneHead, caption_of, enlarged_head, side_of
from attrwidget.figures.views.view import View
from attrwidget.page.glance import check_size, glance, size_of
from attrwidget.page.packing import ANSWER_BYTES
from attrwidget.still.sentences import numeral

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.figures.sheet import Sheet
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

_GAP, _GUTTER, _HEAD, _SIZE = 2.0, 10.0, 8.0, 5.5
_NARROWEST, _WIDEST, _TALLEST = 3.0, 70.0, 600.0
_DETAIL = 4  # elements of a picture for each point
_PAGE = 486.0
_CROWDED = 9.0  # points of a picture, below which every fifth head has a number


def heads_view(reading: Reading, state: Mapping[str, Any], progress: Progress | None) -> View:
    """Return the figure of the one head that is chosen, else of all."""
    head = enlarged_head(reading, state)
    return AllHeads(reading, state, progress) if head is None else OneHead(reading, state, head, progress)


class AllHeads(View):
    """Pictures of all heads, or of those of one layer."""

    pictured = "pictures of all heads"
    instead = "layer= and head= for the table of one"

    def __init__(self, reading: Reading, state: Mapping[str, Any], progress: Progress | None) -> None:
        side, title = side_of(reading, state)
        layers, heads = size_of(reading, side)
        self._chosen, only = {tuple(head) for head in state["heads"]}, state["layer"]
        self._layers = list(range(layers)) if only is None or self._chosen else [only]
        self._shape = (side.rows, len(side.columns))
        width = min(_WIDEST, (_PAGE - 2 * MARGIN - _GUTTER) / heads - _GAP)
        most = [
            min(side.rows, math.ceil(width * _DETAIL)),
            min(len(side.columns), math.ceil(width * _DETAIL)),
        ]
        shrink = min(1.0, math.sqrt(ANSWER_BYTES / (layers * heads * most[0] * most[1])))
        wanted = [max(1, int(shrink * count)) for count in most]
        rows, cols = check_size(reading, wanted[0], wanted[1], side)
        self._glance = glance(reading, rows, cols, progress, side)
        first = "layers down" if len(self._layers) > 1 else f"layer {self._layers[0] + 1}"
        noun = "token of the answer" if reading.step_noun[0] == "token" else reading.step_noun[0]
        row = noun if title == "the answer" else "token that reads"
        self.caption = [
            caption_of(reading, title, f"{len(self._layers) * heads} heads: {first}, heads across"),
            f"each picture: a row for each {row}, from left to right what it read",
        ]

    def words(self) -> str:
        """Return the digits of layers and heads."""
        return "0123456789"

    def draw(self, sheet: Sheet) -> None:
        """Draw the pictures with their numbers, frames around chosen heads, and the scale."""
        values, high = self._glance
        heads = values.shape[1]
        width = min(_WIDEST, (sheet.room - _GUTTER) / heads - _GAP)
        rows, cols = self._shape
        tallest = _TALLEST / len(self._layers) - _GAP
        height = min(max(min(_NARROWEST, width), width * rows / cols), width, tallest)
        table = np.array([channels(self._color(sheet, q)) for q in range(256)], dtype=np.uint8)
        top = sheet.y + _HEAD
        every = 5 if width < _CROWDED else 1
        for head in (h for h in range(heads) if h == 0 or (h + 1) % every == 0):
            number = str(head + 1)
            middle = MARGIN + _GUTTER + head * (width + _GAP) + width / 2
            sheet.words(number, middle - sheet.fonts.width(number, _SIZE) / 2, top - 2.5, _SIZE)
        for row, layer in enumerate(self._layers):
            y = top + row * (height + _GAP)
            number = str(layer + 1)
            end = MARGIN + _GUTTER - 3 - sheet.fonts.width(number, _SIZE)
            sheet.words(number, end, y + height / 2 + 0.36 * _SIZE, _SIZE)
            for head in range(heads):
                area = (MARGIN + _GUTTER + head * (width + _GAP), y, width, height)
                sheet.add(Raster(*area, table[values[layer, head]]))
                chosen = (layer, head) in self._chosen
                color, thick = (sheet.theme.said, 0.8) if chosen else (sheet.theme.soft, 0.2)
                sheet.add(Box(*area, stroke=color, thick=thick))
        sheet.y = top + len(self._layers) * (height + _GAP) + 2
        if sheet.look.caption:
            colors = [self._color(sheet, q) for q in range(0, 255, 10)]
            sheet.scale("0", f"{numeral(high)} and more", colors)

    def _color(self, sheet: Sheet, q: int) -> str:
        return sheet.theme.ground if q == 255 else mixed(sheet.theme.head, sheet.theme.ground, q / 254)
