"""The answer, or a span of its steps, as one target: one row of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.results.base import Reading

WHOLE = "answer"


def steps_of(reading: Reading, target: Any) -> range:
    """Return the steps that *target* names: all for ``"answer"``, or those of a span ``(start, end)``.

    Raises:
        AttrWidgetError: It is neither, or holds no step.
    """
    count = reading.n_steps
    if isinstance(target, str) and target == WHOLE:
        return range(count)
    span = tuple(target) if isinstance(target, tuple | list) else ()
    if len(span) != 2 or not all(isinstance(at, int) and not isinstance(at, bool) for at in span):
        raise AttrWidgetError(
            f"target= is {WHOLE!r} or a span of steps (start, end), such as (0, 3) for the first three, not "
            f"{short(target)}."
        )
    start, end = span
    if not 0 <= start < end <= count:
        raise AttrWidgetError(
            f"target={short(target)} is no span of steps: it needs 0 ≤ start < end ≤ {count}, the number of steps."
        )
    return range(start, end)


def label_of(reading: Reading, steps: range) -> str:
    """Return the text of *steps*, the label of their row."""
    begin, end = reading.first_step + steps.start, reading.first_step + steps.stop
    units = (unit for unit in reading.tokens.units if unit.start < end and unit.end > begin)
    return "".join(unit.text for unit in units).strip()


def summed(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the sum of *rows* ``[1, inputs]``, in which NaN counts as nothing; NaN where all are."""
    total: NDArray[np.float64] = np.nansum(rows, axis=0, keepdims=True, dtype=np.float64)
    total[:, np.isnan(rows).all(axis=0)] = np.nan
    return total


def averaged(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of rows of *shares* ``[1, inputs]``; an input that a step does not see has none of it.

    Magnitudes are averaged as shares: in a sum of raw rows a step with large gradients would count for all others.
    """
    return (summed(shares) / len(shares)).astype(np.float32)


def note_on_row(count: int, *, added: bool, at_once: bool = False, joint: bool = False) -> str:
    """Return a note on how the row of *count* steps was made.

    Args:
        count: How many steps the row explains.
        added: Whether their scores were added up, and not the mean of their shares taken.
        at_once: Whether one backward pass made the row.
        joint: Whether what is added up is log-probability.
    """
    rows = "1 row" if count == 1 else f"{count} rows"
    if not added:
        return f"mean of the shares of {rows}"
    made = f"sum of {rows}" + (" by one backward pass" if at_once else "")
    return made + (f", which explains the joint log-probability of {count} tokens" if joint else "")
