"""One head enlarged: who reads whom, with the names of both."""

from __future__ import annotations

import csv
import io
import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.figures.colors import mixed
from attrwidget.figures.markdown import table_of
from attrwidget.figures.views.grid import Grid, draw_grid
from attrwidget.figures.views.view import IN_MARKDOWN, View
from attrwidget.files import public_name
from attrwidget.page.glance import check_head, check_part, head_map
from attrwidget.still.sentences import numeral, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.figures.sheet import Sheet
    from attrwidget.page.glance import Side
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

_MOST = 1500  # rows and columns
_INTENSITY = 0.75  # of the colour under a number, which has to be read


def side_of(reading: Reading, state: Mapping[str, Any]) -> tuple[Side, str]:
    """Return the part of the attention that the view shows in a *state*, and its title."""
    parts, named = reading.parts, state["options"]["part"]
    name = named if named in parts else next(iter(parts), None)
    title = parts[name].title if name else f"the {reading.step_noun[1]}"
    return check_part(reading, name), title


def enlarged_head(reading: Reading, state: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the head that the view enlarges in a *state*: the only one chosen or, of an encoder, its own."""
    side, _ = side_of(reading, state)
    if side.part == "encoder":
        chosen = [state["options"]["enlarged"]] if state["options"]["enlarged"] else []
    else:
        chosen = list(state["heads"])
    return check_head(reading, side, *chosen[0]) if len(chosen) == 1 else None


def caption_of(reading: Reading, title: str, heads: str) -> str:
    """Return the first sentence: the model, and which attention it is."""
    return f"{public_name(reading.model_name) or 'a model'} · attention of {printable(title)} · {heads}"


class OneHead(View):
    """The weights of one head."""

    pictured = "picture of a head"
    instead = ".csv"

    def __init__(
        self, reading: Reading, state: Mapping[str, Any], head: tuple[int, int], progress: Progress | None
    ) -> None:
        side, title = side_of(reading, state)
        self._reading, self._side, self._head = reading, side, head
        first = reading.first_step if side.part is None else reading.parts[side.part].rows.start
        self._rows, self._columns = range(first, first + side.rows), side.columns
        rows, cols = min(_MOST, side.rows), min(_MOST, len(side.columns))
        self._weights = head_map(reading, rows, cols, head, side, progress)
        self._high = self._strongest()
        layer, number = head
        self.caption = [
            caption_of(reading, title, f"layer {layer + 1}, head {number + 1}"),
            "rows read columns; a row adds up to 1 over all that it read",
        ]

    def words(self) -> str:
        """Return the names of rows and columns."""
        return "\n".join(["…", *self._names(self._rows), *self._names(self._columns)])

    def draw(self, sheet: Sheet) -> None:
        """Draw the weights with their names, and the scale."""
        number = partial(numeral, high=self._high)
        color = partial(self._color, sheet)
        draw_grid(
            Grid(self._weights, self._names(self._rows), self._names(self._columns), color, number), sheet
        )
        sheet.y += 3
        if sheet.look.caption:
            shares = np.linspace(0, self._high, 24)
            more = " and more" if float(np.nanmax(self._weights)) > 1.005 * self._high else ""
            sheet.scale("0", f"{number(self._high)}{more}", [color(float(share)) for share in shares])

    def to_csv(self) -> bytes:
        """Return a row for each weight; layers and heads count from 0."""
        file = io.StringIO()
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("layer", "head", "row", "token", "position", "input", "weight"))
        labels, (layer, head) = self._reading.tokens.labels, self._head
        every = (len(self._rows), len(self._columns))
        weights = head_map(self._reading, *every, self._head, self._side)
        for (row, column), weight in np.ndenumerate(weights):
            if not np.isnan(weight):
                at, to = self._rows[row], self._columns[column]
                table.writerow((layer, head, at, labels[at], to, labels[to], str(weight)))
        return file.getvalue().encode("utf-8", "replace")

    def to_markdown(self, *, caption: bool) -> bytes:
        """Return a table of its rows by its columns."""
        if len(self._columns) > IN_MARKDOWN:
            raise self._too_wide(len(self._columns))
        cells = [[numeral(float(value)) for value in row] for row in self._weights]
        names = (self._names(self._rows), self._names(self._columns))
        return table_of("reads", *names, cells, self.caption if caption else [])

    def _names(self, tokens: range) -> list[str]:
        return [self._reading.tokens.labels[i] for i in tokens]

    def _strongest(self) -> float:
        """Return the greatest weight beside those of control tokens and the first, often the sink; else of all."""
        special, columns = self._reading.tokens.special, self._weights.shape[1]
        counted = np.array(
            [
                not (i == 0 or special[i])
                for i in (self._columns[k * len(self._columns) // columns] for k in range(columns))
            ]
        )
        beside = np.nan_to_num(self._weights[:, counted])
        return float(beside.max(initial=0.0)) or float(np.nanmax(self._weights)) or 1.0

    def _color(self, sheet: Sheet, value: float) -> str:
        theme = sheet.theme
        strength = 0.0 if math.isnan(value) else min(1.0, value / self._high)
        return mixed(theme.head, theme.ground, _INTENSITY * strength)
