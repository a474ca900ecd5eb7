"""Make a small picture of every head's attention: what each step read, by input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.checks import is_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.page.packing import ANSWER_BYTES, quantise

if TYPE_CHECKING:
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


def check_size(reading: Reading, rows: Any, cols: Any) -> tuple[int, int]:
    """Return the size of a picture; raise AttrWidgetError for one that does not fit the text or an answer."""
    if not reading.n_layers:
        raise AttrWidgetError(reading.attention_note or "This model shows no attention.")
    for name, size, most in (("rows", rows, reading.n_steps), ("cols", cols, reading.n_inputs)):
        if not is_whole(size) or not 1 <= size <= most:
            raise AttrWidgetError(f"{name} is a whole number from 1 to {most}, not {short(size)}.")
    if reading.n_layers * reading.n_heads * rows * cols > ANSWER_BYTES:
        raise AttrWidgetError(f"Pictures of {rows} × {cols} are too many bytes: ask for smaller ones.")
    return int(rows), int(cols)


def glance(reading: Reading, rows: int, cols: int, progress: Progress | None = None) -> Glance:
    """Return a picture of *rows* by *cols* of each head; *progress* counts the steps."""
    columns = np.arange(cols) * reading.n_inputs // cols
    steps = np.arange(rows + 1) * reading.n_steps // rows
    size = 4 * reading.n_layers * reading.n_heads * reading.n_inputs
    at_once = max(1, _BAND_BYTES // size)
    pooled = np.full((reading.n_layers, reading.n_heads, rows, cols), np.nan, dtype=np.float32)
    for row in range(rows):
        if progress is not None:
            progress(int(steps[row]), reading.n_steps)
        for start in range(steps[row], steps[row + 1], at_once):
            band = range(start, min(start + at_once, int(steps[row + 1])))
            greatest = np.fmax.reduce(reading.head_weights(band), axis=0)
            pooled[:, :, row] = np.fmax(pooled[:, :, row], np.fmax.reduceat(greatest, columns, axis=2))
    counted = pooled[..., ~_holds_sink(reading, columns)]
    counted = counted[np.isfinite(counted)]
    high = float(np.quantile(counted, 0.99, method="higher")) if counted.size else 0.0
    high = high or float(np.nanmax(pooled))
    return Glance(quantise(pooled, high, signed=False), high)


def _holds_sink(reading: Reading, columns: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which columns hold a control token or the first input."""
    control = np.array(reading.tokens.special[: reading.n_inputs], dtype=bool)
    control[0] = True
    return np.logical_or.reduceat(control, columns)
