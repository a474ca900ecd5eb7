"""Draw a table of values as cells, with the names of its rows and columns, or their positions where they are many."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from attrwidget.figures.bidi import right_to_left
from attrwidget.figures.colors import channels
from attrwidget.figures.marks import Box, Line, Raster, Words
from attrwidget.figures.sheet import MARGIN
from attrwidget.page.packing import pool_largest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from attrwidget.figures.sheet import Sheet

_NAME, _NUMBER, _TICK = 6.5, 5.5, 5.0  # sizes of letters
_WIDEST, _HIGHEST = 56.0, 10.5  # of a cell, in points
_TALLEST = 560.0  # of all cells
_LEGIBLE = 6.2  # the least height or width of a cell that has a name
_LEVEL = 18.0  # the least width of a cell whose name is not turned
_NUMBERED = (17.0, 7.5)  # the least width and height of a cell that has a number
_BOXES = 2500  # cells that are boxes; more are elements of one picture
_MOST = 1500  # elements of a picture each way
_EVERY = (10, 20, 50, 100, 200, 500, 1000)
_TICK_ROOM = 30.0


class Grid(NamedTuple):
    """A table of values.

    Attributes:
        values: What its colours and numbers are: ``[rows, columns]``, NaN for nothing.
        rows: The names of rows.
        columns: The names of columns.
        color: The colour of a value.
        number: The number in a cell, or None for no numbers.
        hatched: The rows that are hidden.
        breaks: The rows before which there is a line.
    """

    values: NDArray[np.floating]
    rows: Sequence[str]
    columns: Sequence[str]
    color: Callable[[float], str]
    number: Callable[[float], str] | None = None
    hatched: Sequence[int] = ()
    breaks: Sequence[int] = ()


class Cells(NamedTuple):
    """Where the cells are."""

    left: float
    top: float
    across: float
    down: float
    head: float


def draw_grid(grid: Grid, sheet: Sheet, least_gutter: float = 0.0) -> Cells:
    """Draw *grid* below what is there, its names at least *least_gutter* from its cells; return where its cells are."""
    cells = _plan(grid, sheet, least_gutter)
    n_rows, n_columns = grid.values.shape
    sheet.add(*(_boxes if grid.values.size <= _BOXES else _picture)(grid, cells))
    for row in grid.hatched:
        area = (cells.left, cells.top + row * cells.down, n_columns * cells.across, cells.down)
        sheet.add(Box(*area, stroke=sheet.theme.soft, thick=0.3, hatched=True))
    if grid.number and cells.across >= _NUMBERED[0] and cells.down >= _NUMBERED[1]:
        sheet.add(*_numbers(grid, cells, sheet))
    sheet.add(*_row_names(grid, cells, sheet), *_column_names(grid, cells, sheet))
    for row in grid.breaks:
        y = cells.top + row * cells.down
        ends = ((MARGIN, y), (cells.left + n_columns * cells.across, y))
        sheet.add(Line(ends, sheet.theme.soft, 0.4))
    sheet.y = cells.top + n_rows * cells.down
    return cells


def cut(text: str, room: float, size: float, sheet: Sheet) -> str:
    """Return *text*, cut with an ellipsis to fit into *room*."""
    if sheet.fonts.width(text, size) <= room:
        return text
    while text and sheet.fonts.width(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text}…"


def _plan(grid: Grid, sheet: Sheet, least_gutter: float) -> Cells:
    n_rows, n_columns = grid.values.shape
    down = min(_HIGHEST, _TALLEST / n_rows)
    named = grid.rows if down >= _LEGIBLE else [str(n_rows)]
    widest = max(sheet.fonts.width(name, _NAME) for name in named)
    gutter = max(min(widest, 0.32 * sheet.room), least_gutter) + 4
    across = min(_WIDEST, (sheet.room - gutter) / n_columns)
    head = _TICK + 4
    if across >= _LEGIBLE:
        widths = sorted(sheet.fonts.width(name, _NAME) for name in grid.columns)
        # A few long names are cut; where most would be, all are turned.
        turned = widths[3 * (len(widths) - 1) // 4] > across - 2 or across < _LEVEL
        head = min(widths[-1], 60.0) + 4 if turned else _NAME + 3
    return Cells(MARGIN + gutter, sheet.y + head, across, down, head)


def _boxes(grid: Grid, cells: Cells) -> Iterator[Box]:
    gap = 0.6 if min(cells.across, cells.down) > 4 else 0.0
    for (row, column), value in np.ndenumerate(grid.values):
        if not np.isnan(value):
            left, top = cells.left + column * cells.across, cells.top + row * cells.down
            size = (cells.across - gap, cells.down - gap)
            yield Box(left, top, *size, fill=grid.color(float(value)))


def _picture(grid: Grid, cells: Cells) -> Iterator[Raster]:
    values, _ = pool_largest(grid.values.astype(np.float32), _MOST)
    n_rows, n_columns = grid.values.shape
    size = (n_columns * cells.across, n_rows * cells.down)
    yield Raster(cells.left, cells.top, *size, painted(values, grid.color))


def painted(values: NDArray[np.floating], color: Callable[[float], str]) -> NDArray[np.uint8]:
    """Return the colours of *values*, uint8 ``[…, 3]``; those of NaN are what *color* says of it."""
    kinds, inverse = np.unique(np.round(values, 3 - _decades(values)), return_inverse=True)
    table = np.array([channels(color(float(kind))) for kind in kinds], dtype=np.uint8)
    pixels: NDArray[np.uint8] = table[inverse].reshape(*values.shape, 3)
    return pixels


def _decades(values: NDArray[np.floating]) -> int:
    """Return the power of ten of the greatest magnitude."""
    greatest = float(np.nanmax(np.abs(values), initial=0.0))
    return int(np.floor(np.log10(greatest))) if greatest > 0 else 0


def _numbers(grid: Grid, cells: Cells, sheet: Sheet) -> Iterator[Words]:
    for (row, column), value in np.ndenumerate(grid.values):
        if np.isnan(value) or grid.number is None:
            continue
        text = grid.number(float(value))
        width = sheet.fonts.width(text, _NUMBER)
        left = cells.left + (column + 0.5) * cells.across - width / 2
        baseline = cells.top + (row + 0.5) * cells.down + 0.36 * _NUMBER
        yield Words(text, left, baseline, width, _NUMBER, sheet.theme.ink)


def _row_names(grid: Grid, cells: Cells, sheet: Sheet) -> Iterator[Words]:
    room = cells.left - MARGIN - 3
    legible = cells.down >= _LEGIBLE
    size, color = (_NAME, sheet.theme.ink) if legible else (_TICK, sheet.theme.soft)
    rows = range(len(grid.rows)) if legible else _ticks(len(grid.rows), cells.down)
    for row in rows:
        text = cut(grid.rows[row], room, size, sheet) if legible else str(row + 1)
        width = sheet.fonts.width(text, size)
        baseline = cells.top + (row + 0.5) * cells.down + 0.36 * size
        yield Words(text, cells.left - 3 - width, baseline, width, size, color, right_to_left(text))


def _column_names(grid: Grid, cells: Cells, sheet: Sheet) -> Iterator[Words]:
    if cells.across < _LEGIBLE:
        for column in _ticks(len(grid.columns), cells.across):
            text = str(column + 1)
            width = sheet.fonts.width(text, _TICK)
            left = cells.left + (column + 0.5) * cells.across - width / 2
            yield Words(text, left, cells.top - 2.5, width, _TICK, sheet.theme.soft)
        return
    turned = cells.head > _NAME + 3
    for column, name in enumerate(grid.columns):
        text = cut(name, cells.head - 4 if turned else cells.across - 2, _NAME, sheet)
        width = sheet.fonts.width(text, _NAME)
        middle = cells.left + (column + 0.5) * cells.across
        left, baseline = (
            (middle + 0.36 * _NAME, cells.top - 3) if turned else (middle - width / 2, cells.top - 3)
        )
        yield Words(text, left, baseline, width, _NAME, sheet.theme.ink, right_to_left(text), turned)


def _ticks(count: int, scale: float) -> list[int]:
    """Return the cells that have a position beside them: every 10th, 20th, 50th …, counted from 1."""
    every = next((step for step in _EVERY if step * scale >= _TICK_ROOM), 2 * _EVERY[-1])
    return list(range(every - 1, count, every))
