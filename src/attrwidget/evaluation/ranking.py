"""Choose the order in which inputs are taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def ranked(values: NDArray[np.floating], ties: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the indices of *values*, the highest first and NaN last; equal ones in the order of *ties*."""
    values = np.nan_to_num(values.astype(np.float64), nan=-np.inf)
    order: NDArray[np.intp] = ties[np.argsort(-values[ties], kind="stable")]
    return order


def shuffles(seed: int, step: int, count: int, places: int) -> list[NDArray[np.intp]]:
    """Return *count* random orders of ``range(places)``, the same ones for the same *seed* and *step*."""
    rng = np.random.default_rng([seed, step])
    return [rng.permutation(places) for _ in range(count)]
