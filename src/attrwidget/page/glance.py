"""Make a small picture of every head's attention: what each step read, by input."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.checks import check_choice, check_heads, is_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.page.packing import ANSWER_BYTES, quantise
from attrwidget.results.attention_parts import ANSWER

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

_BAND_BYTES = 64 << 20


class Glance(NamedTuple):
    """Pictures of all heads, on one scale.

    Attributes:
        values: uint8 ``[layers, heads, rows, cols]``: the greatest weight of some steps and inputs each,
            ``weight = high * q / 254``; 255 where no step saw an input.
        high: The weight that 254 stands for: one picture element in a hundred may be beyond it, and those of control
            tokens and the first input, which are often the sink, are not counted.
    """

    values: NDArray[np.uint8]
    high: float


class Side(NamedTuple):
    """The rows and columns that pictures show: of a part of the attention, or of the steps where *part* is None."""

    part: str | None
    rows: int
    columns: range


def check_part(reading: Reading, name: Any) -> Side:
    """Return the rows and columns of the part called *name*; without a name, those of the steps."""
    if not reading.n_layers:
        raise AttrWidgetError(reading.attention_note or "This model shows no attention.")
    if name is None or name == ANSWER:
        return Side(None, reading.n_steps, range(reading.n_inputs))
    part = reading.parts[check_choice(name, "part of the attention", tuple(reading.parts))]
    return Side(part.name, len(part.rows), part.columns)


def check_size(reading: Reading, rows: Any, cols: Any, side: Side | None = None) -> tuple[int, int]:
    """Return the size of a picture; raise AttrWidgetError for one that does not fit the text or an answer."""
    side = side or check_part(reading, None)
    for name, size, most in (("rows", rows, side.rows), ("cols", cols, len(side.columns))):
        if not is_whole(size) or not 1 <= size <= most:
            raise AttrWidgetError(f"{name} is a whole number from 1 to {most}, not {short(size)}.")
    layers, heads = size_of(reading, side)
    if layers * heads * rows * cols > ANSWER_BYTES:
        raise AttrWidgetError(f"Pictures of {rows} × {cols} are too many bytes: ask for smaller ones.")
    return int(rows), int(cols)


def glance(
    reading: Reading, rows: int, cols: int, progress: Progress | None = None, side: Side | None = None
) -> Glance:
    """Return a picture of each head, *rows* by *cols*; *progress* counts the rows of attention that are read."""
    side = side or check_part(reading, None)
    layers, heads = size_of(reading, side)
    pooled = _pooled(side, rows, cols, partial(_band, reading, side), 4 * layers * heads, progress)
    counted = pooled[..., ~_holds_sink(reading, side, _starts(side, cols))]
    counted = counted[np.isfinite(counted)]
    high = float(np.quantile(counted, 0.99, method="higher")) if counted.size else 0.0
    high = high or float(np.nanmax(pooled))
    return Glance(quantise(pooled, high, signed=False), high)


def head_map(  # noqa: PLR0917
    reading: Reading,
    rows: int,
    cols: int,
    head: tuple[int, int],
    side: Side,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Return the picture of one head, ``[rows, cols]``: the greatest weight of some rows and columns each."""

    def band(steps: range) -> NDArray[np.float32]:
        if side.part is None:
            weights: NDArray[np.float32] = reading.head_weights(steps)[:, head[0], head[1]][:, None]
            return weights
        return reading.part_weights(side.part, head[0], [head[1]], steps).transpose(1, 0, 2)

    size = 4 * (1 if side.part else reading.n_layers * reading.n_heads)
    found: NDArray[np.float32] = _pooled(side, rows, cols, band, size, progress)[0]
    return found


def check_head(reading: Reading, side: Side, layer: Any, head: Any) -> tuple[int, int]:
    """Return ``(layer, head)``; raise AttrWidgetError unless *side* has that head."""
    layers, heads = size_of(reading, side)
    return check_heads([(layer, head)], layers, heads)[0]


def size_of(reading: Reading, side: Side) -> tuple[int, int]:
    """Return how many layers and heads what the pictures are of has."""
    return (reading.n_layers, reading.n_heads) if side.part is None else reading.parts[side.part].heads


def _band(reading: Reading, side: Side, band: range) -> NDArray[np.float32]:
    """Return the weights of all heads at some rows, ``[rows, layers, heads, columns]``."""
    if side.part is None:
        return reading.head_weights(band)
    layers = range(size_of(reading, side)[0])
    every = [reading.part_weights(side.part, layer, None, band) for layer in layers]
    return np.stack(every).transpose(2, 0, 1, 3)


def _starts(side: Side, cols: int) -> NDArray[np.intp]:
    """Return the first column of attention in each column of a picture."""
    return np.arange(cols) * len(side.columns) // cols


def _pooled(  # noqa: PLR0917
    side: Side,
    rows: int,
    cols: int,
    weights: Callable[[range], NDArray[np.float32]],
    size: int,
    progress: Progress | None,
) -> NDArray[np.float32]:
    """Return the greatest of the *weights* ``[rows, …, columns]`` in each element; *size* is the bytes of a column."""
    columns, borders = _starts(side, cols), np.arange(rows + 1) * side.rows // rows
    at_once = max(1, _BAND_BYTES // (size * len(side.columns)))
    pooled: list[NDArray[np.float32]] = []
    for row in range(rows):
        if progress is not None:
            progress(int(borders[row]), side.rows)
        starts = range(borders[row], borders[row + 1], at_once)
        bands = (range(start, min(start + at_once, int(borders[row + 1]))) for start in starts)
        greatest = [np.fmax.reduce(weights(band), axis=0) for band in bands]
        pooled.append(np.fmax.reduceat(np.fmax.reduce(greatest), columns, axis=-1))
    return np.stack(pooled, axis=-2)


def _holds_sink(reading: Reading, side: Side, columns: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which columns hold a control token or the first input."""
    control = np.array(reading.tokens.special[: reading.n_inputs], dtype=bool)
    control[0] = True
    return np.logical_or.reduceat(control[side.columns.start : side.columns.stop], columns)
