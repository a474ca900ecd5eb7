"""The table of scores in a terminal: inputs down, generated tokens across."""

from __future__ import annotations

import io
import os
import shutil
import sys
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from attrwidget.progress import progress_bar
from attrwidget.still.sentences import chance, numeral, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import ConsoleOptions, RenderableType

    from attrwidget.results.base import MethodInfo, Reading

_LABEL = 24  # cells, at most, of an input's name
_HEADING = 12  # cells, at most, of a generated token's name
_NUMBER = 6
_ROWS = 60
_PALE, _VIOLET = (231, 222, 254), (95, 45, 198)
_PALE_BLUE, _BLUE = (209, 225, 246), (31, 104, 188)
_PALE_ORANGE, _ORANGE = (249, 220, 204), (165, 75, 14)


def table(reading: Reading, method: str | None = None, steps: Sequence[int] | None = None) -> ScoreTable:
    """Return the scores of *steps* by *method* for ``rich.print``, with as many columns as fit.

    By default all steps and the first method. Raises AttrWidgetError for a method that does not exist.
    """
    info = reading.method(method) if method is not None else reading.methods()[0]
    return ScoreTable(reading, info, list(range(reading.n_steps) if steps is None else steps))


def to_text(reading: Reading) -> str:
    """Return the table as text for ``print``, with colours when the output is a terminal."""
    file = io.StringIO()
    console = Console(
        file=file,
        force_terminal=sys.stdout.isatty(),
        force_jupyter=False,
        width=shutil.get_terminal_size((100, 24)).columns,
        no_color="NO_COLOR" in os.environ,
    )
    console.print(table(reading))
    return file.getvalue().rstrip("\n")


class ScoreTable:
    """A rich renderable; scores of the columns that fit are computed when it is printed."""

    def __init__(self, reading: Reading, method: MethodInfo, steps: list[int]) -> None:
        self._reading, self._method, self._steps = reading, method, steps

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        reading, method = self._reading, self._method
        labels = [printable(label) for label in reading.tokens.labels]
        wide = min(_LABEL, max((cell_len(label) for label in labels[: reading.n_inputs]), default=1))
        steps = self._fitting(labels, options.max_width - wide - 1)
        with progress_bar(method.title, reading.step_noun[0]) as report:
            rows = reading.rows(method.name, steps, progress=report)
        greatest = float(np.nanmax(np.abs(rows))) if np.isfinite(rows).any() else 0.0
        high = max(greatest, reading.scale_floor(method.name, steps))
        grid = Table(box=None, padding=(0, 0, 0, 1), pad_edge=False, collapse_padding=True)
        grid.add_column(no_wrap=True, max_width=wide, justify="right")
        for step in steps:
            grid.add_column(_cut(labels[reading.first_step + step], _HEADING), no_wrap=True, justify="right")
        shown, left_out = _ends(reading.n_inputs)
        for i in shown:
            if i is None:
                grid.add_row(Text("⋮"), *(Text("⋮") for _ in steps))
            else:
                grid.add_row(
                    _cut(labels[i], wide),
                    *(_cell(v, greatest, high, signed=method.signed) for v in rows[:, i]),
                )
        probabilities = reading.steps["probability"]
        if probabilities.notna().any():
            numbers = [chance(float(probabilities.iloc[s])) for s in steps]
            grid.add_row(Text("p", "italic"), *(Text(number, "italic") for number in numbers))
        yield Text(f"{method.title}: {method.description}", "dim")
        yield grid
        warning = reading.warning(method.name, steps)
        if warning is not None:
            yield Text(warning, "italic")
        yield from self._notes(len(self._steps) - len(steps), left_out)

    def _fitting(self, labels: list[str], room: int) -> list[int]:
        """Return the first steps whose columns fit *room* cells, and at least one."""
        fitting: list[int] = []
        for step in self._steps:
            name = labels[self._reading.first_step + step]
            room -= 1 + max(_NUMBER, min(_HEADING, cell_len(name)))
            if room < 0 and fitting:
                break
            fitting.append(step)
        return fitting

    def _notes(self, steps: int, inputs: int) -> Iterator[Text]:
        cuts = []
        if steps:
            cuts.append(f"{steps} more {self._reading.step_noun[1]} to the right")
        if inputs:
            cuts.append(f"{inputs} inputs in the middle")
        if cuts:
            yield Text(f"Left out: {' and '.join(cuts)}. All numbers: .scores({self._method.name!r})", "dim")


def _ends(count: int) -> tuple[list[int | None], int]:
    """Return the inputs to show, with None for the omitted middle, and how many are omitted."""
    if count <= _ROWS:
        return list(range(count)), 0
    half = _ROWS // 2
    return [*range(half), None, *range(count - half, count)], count - 2 * half


def _cell(value: np.float32, greatest: float, high: float, *, signed: bool) -> Text:
    """Return a number on a background as strong as its share of *high*; *greatest* is the greatest shown beside it."""
    text = numeral(float(value), signed=signed, high=greatest)
    share = 0.0 if np.isnan(value) or high == 0 else abs(float(value)) / high
    if share < 0.1:
        return Text(text)
    low, full = (
        (_PALE, _VIOLET) if not signed else (_PALE_ORANGE, _ORANGE) if value > 0 else (_PALE_BLUE, _BLUE)
    )
    back = tuple(a + (b - a) * (share - 0.1) / 0.9 for a, b in zip(low, full, strict=True))
    return Text(text, Style.parse(f"{_readable_on(back)} on rgb({','.join(str(round(c)) for c in back)})"))


def _readable_on(back: Sequence[float]) -> str:
    """Return black or white, whichever has the higher contrast (WCAG 2.2's relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in back)]
    luminance = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
    return "rgb(0,0,0)" if (luminance + 0.05) ** 2 > 0.05 * 1.05 else "rgb(255,255,255)"


def _cut(text: str, cells: int) -> Text:
    label = Text(text)
    label.truncate(cells, overflow="ellipsis")
    return label
