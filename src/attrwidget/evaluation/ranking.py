"""Choose which inputs may be taken away, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from attrwidget.results.base import Reading


def removable(reading: Reading, step: int, keep: Collection[int] = ()) -> NDArray[np.intp]:
    """Return the positions of *step*'s inputs that may be taken away.

    Special tokens stay, as do the positions in *keep*, and the first token: it takes the attention that is needed
    nowhere else, and leaves every position something to attend to.
    """
    inputs = range(1, reading.seen(step))
    return np.array([i for i in inputs if not reading.tokens.special[i] and i not in keep], dtype=np.intp)


def ranked(values: NDArray[np.floating], ties: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the indices of *values*, the highest first and NaN last; equal ones in the order of *ties*."""
    values = np.nan_to_num(values.astype(np.float64), nan=-np.inf)
    order: NDArray[np.intp] = ties[np.argsort(-values[ties], kind="stable")]
    return order


def shuffles(seed: int, step: int, count: int, places: int) -> list[NDArray[np.intp]]:
    """Return *count* random orders of ``range(places)``, the same ones for the same *seed* and *step*."""
    rng = np.random.default_rng([seed, step])
    return [rng.permutation(places) for _ in range(count)]
