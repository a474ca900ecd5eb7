"""The matrix view: the scores of every generated token; rows are inputs, columns are generated tokens."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.figures.colors import tinted
from attrwidget.figures.markdown import table_of
from attrwidget.figures.marks import Box
from attrwidget.figures.picture import method_text
from attrwidget.figures.shown import shown_of
from attrwidget.figures.table import to_csv
from attrwidget.figures.values import (
    by_unit,
    hidden_units,
    in_sentences,
    in_units,
    rows_of,
    unit_rule,
    without_hidden,
)
from attrwidget.figures.views.grid import Grid, draw_grid
from attrwidget.figures.views.view import IN_MARKDOWN, View
from attrwidget.files import public_name
from attrwidget.still.sentences import chance, numeral
from attrwidget.text.tokens import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from attrwidget.figures.sheet import Sheet
    from attrwidget.figures.views.grid import Cells
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

_FOOT, _SIZE = 10.0, 5.5
_SHARE = 0.99  # of the cells are on the scale
_WIDE = 17.0


class MatrixView(View):
    """The scores of all generated tokens by one method."""

    pictured = "matrix"
    instead = ".csv"

    def __init__(self, reading: Reading, state: Mapping[str, Any], progress: Progress | None) -> None:
        if not reading.n_steps:
            raise AttrWidgetError("Nothing was generated, so there is no score to draw.")
        shown = replace(shown_of(reading, state), foil=None, steps=tuple(range(reading.n_steps)))
        self._shown, self._held = shown, set(state.get("held") or ())
        self._rows = rows_of(reading, shown, progress)
        units = shown.options["units"]
        together = in_sentences(reading) if units == "sentence" else None
        reading = self._reading = together or in_units(reading, units)
        self._sentences = together is not None
        units = reading.tokens.units
        self._inputs = [u for u in units if u.start < reading.n_inputs]
        self._written = [u for u in units if u.end > reading.first_step]
        self._steps = [
            [i - reading.first_step for i in range(max(u.start, reading.first_step), u.end)]
            for u in self._written
        ]
        self._hidden = hidden_units(reading, shown.options)
        self._cells = self._values()
        self._high, self._greatest = self._scale()
        self.caption = list(self._caption())

    def words(self) -> str:
        """Return the names of rows and columns."""
        return "\n".join(["probability …", *self._names(self._inputs), *self._names(self._written)])

    def draw(self, sheet: Sheet) -> None:
        """Draw the cells with their names, the probabilities below, and the scale."""
        number = partial(numeral, signed=self._shown.method.signed, high=self._high)
        color = partial(self._color, sheet)
        hatched = [int(row) for row in np.flatnonzero(self._hidden[: len(self._inputs)])]
        names = (self._names(self._inputs), self._names(self._written))
        grid = Grid(self._cells, *names, color, number, hatched, self._breaks())
        cells = draw_grid(grid, sheet, sheet.fonts.width("probability", _SIZE))
        self._probabilities(cells, sheet)
        self._frames(cells, sheet)
        sheet.y += _FOOT + 2
        if sheet.look.caption:
            least = -self._high if self._shown.method.signed else 0.0
            shares = np.linspace(least, self._high, 24)
            sheet.scale(number(least), number(self._high), [color(float(share)) for share in shares])

    def to_csv(self) -> bytes:
        """Return a row for each score."""
        return to_csv(self._reading, self._shown, self._rows)

    def to_markdown(self, *, caption: bool) -> bytes:
        """Return a table of inputs by generated tokens."""
        if len(self._written) > IN_MARKDOWN:
            raise self._too_wide(len(self._written))
        number = partial(numeral, signed=self._shown.method.signed, high=self._high)
        cells = [[number(float(value)) for value in row] for row in self._cells]
        names = (self._names(self._inputs), self._names(self._written))
        return table_of("input", *names, cells, self.caption if caption else [])

    def _values(self) -> NDArray[np.floating]:
        """Return the scores as they are shown, ``[inputs, generated]`` by unit."""
        rule = unit_rule(self._shown)
        columns = [by_unit(self._reading, self._rows[steps], self._shown, rule) for steps in self._steps]
        kept = [without_hidden(column, self._hidden, self._shown) for column in columns]
        return np.stack(kept, axis=1)[: len(self._inputs)]

    def _scale(self) -> tuple[float, float]:
        """Return the end of the scale, which one cell in a hundred may be beyond, and the greatest magnitude."""
        sizes = np.sort(np.abs(self._cells[np.isfinite(self._cells)]))
        if not len(sizes):
            return 0.0, 0.0
        end = float(sizes[math.ceil(_SHARE * (len(sizes) - 1))]) or float(sizes[-1])
        floor = self._reading.scale_floor(self._shown.method.name, self._shown.steps)
        return max(end, floor), float(sizes[-1])

    def _color(self, sheet: Sheet, value: float) -> str:
        theme = sheet.theme
        if math.isnan(value) or self._high == 0:
            return theme.ground
        tint = theme.share if not self._shown.method.signed else theme.less if value < 0 else theme.more
        strength = min(1.0, abs(value) / self._high)
        return tinted(theme, tint, strength * (0.25 + 0.75 * self._shown.options["intensity"]))

    def _names(self, units: Sequence[Any]) -> list[str]:
        return [visible(unit.text) for unit in units]

    def _breaks(self) -> list[int]:
        """Return the rows before which a section begins."""
        starts = {section.start for section in self._reading.sections}
        return [row for row, unit in enumerate(self._inputs) if row and unit.start in starts]

    def _chances(self) -> list[float]:
        """Return the probability of each generated unit: the product over its tokens."""
        known = self._reading.steps["probability"].to_numpy(dtype=float)
        return [float(np.prod(known[steps])) for steps in self._steps]

    def _probabilities(self, cells: Cells, sheet: Sheet) -> None:
        """Write the probabilities below the columns, or draw bars where these are narrow."""
        top, theme = sheet.y, sheet.theme
        for column, p in enumerate(self._chances()):
            left = cells.left + column * cells.across
            if cells.across < _WIDE:
                height = 0.0 if math.isnan(p) else max(0.3, p * (_FOOT - 3))
                width = max(0.3, cells.across - 0.6)
                sheet.add(Box(left, top + _FOOT - height, width, height, fill=theme.soft))
            else:
                middle = left + cells.across / 2 - sheet.fonts.width(chance(p), _SIZE) / 2
                sheet.words(chance(p), middle, top + _FOOT - 2, _SIZE)
        end = cells.left - 3 - sheet.fonts.width("probability", _SIZE)
        sheet.words("probability", end, top + _FOOT - 2, _SIZE)

    def _frames(self, cells: Cells, sheet: Sheet) -> None:
        """Frame the columns that are held."""
        height = sheet.y + _FOOT + 1 - (cells.top - cells.head)
        for column, steps in enumerate(self._steps):
            if self._held.intersection(steps):
                area = (cells.left + column * cells.across - 0.6, cells.top - cells.head)
                sheet.add(Box(*area, cells.across + 0.6, height, stroke=sheet.theme.said, thick=0.8))

    def _caption(self) -> list[str]:
        model = public_name(self._reading.model_name) or "a model"
        rows, columns, noun = len(self._inputs), len(self._written), self._reading.step_noun[1]
        count = f"{rows} inputs (rows) of {self._reading.n_steps} {noun} (columns)"
        if self._sentences:
            count = f"{rows} sentences (rows) of the answer's {columns} (columns)"
        out = [f"{model} · {count}", method_text(self._reading, self._shown)]
        if self._greatest > 1.02 * self._high:
            out.append(f"1 % of cells have more, up to {numeral(self._greatest, high=self._high)}")
        if self._shown.method.signed:
            out.append("orange: speaks for it; blue: against it")
        return out
