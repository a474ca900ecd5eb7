"""Faithfulness of an order of inputs, from the model's scores with some of them masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def counts_along(inputs: int, points: int) -> list[int]:
    """Return how many of *inputs* are taken along a curve: 0, at most *points* more at equal distances, and all."""
    stops = np.linspace(0, inputs, min(inputs, points) + 1)
    return [int(stop) for stop in np.unique(np.round(stops))]


def counts_in_bins(inputs: int, bins: Sequence[float]) -> list[int]:
    """Return how many of *inputs* the shares *bins* are, rounded up."""
    return [int(np.ceil(share * inputs - 1e-9)) for share in bins]


def area(shares: NDArray[np.floating], values: NDArray[np.floating]) -> float:
    """Return the area under a curve over *shares* from 0 to 1, by the trapezoid rule."""
    return float(np.trapezoid(values, shares))


def aopc(whole: float, changed: NDArray[np.floating]) -> float:
    """Return the mean fall over bins from *whole*, the score of the full text.

    Source: DeYoung et al. 2020, ERASER, arXiv:1911.03429. Comprehensiveness when *changed* lacks the most
    relevant inputs, sufficiency when it has only them.
    """
    return float(np.mean(whole - changed))
