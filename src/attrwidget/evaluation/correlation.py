"""Measure how alike two lists of scores order the same things; ties are treated exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.floating]

_DEPTH = 400  # ranks that rank-biased overlap reads: deeper ones weigh less than 0.9 ** 400


def kendall_tau_b(x: Values, y: Values) -> float:
    """Return Kendall's tau-b of two lists, which counts ties exactly; NaN for a constant list.

    Source: Kendall 1945, "The treatment of ties in ranking problems".
    """
    from scipy.stats import kendalltau

    return float(kendalltau(x, y).statistic) if _varied(x, y) else float("nan")


def spearman(x: Values, y: Values) -> float:
    """Return Spearman's rank correlation of two lists; NaN for a constant list.

    Source: Spearman 1904, "The proof and measurement of association between two things".
    """
    from scipy.stats import spearmanr

    return float(spearmanr(x, y).statistic) if _varied(x, y) else float("nan")


def _varied(*lists: Values) -> bool:
    """Return whether no list is constant, as SciPy warns of those."""
    return all(len(values) and np.ptp(values) for values in lists)


def top_overlap(x: Values, y: Values, k: int) -> float:
    """Return the share of the *k* highest that two lists have in common, expected over orders of equal values.

    Source: feature agreement of Krishna et al. 2022, arXiv:2202.01602.
    """
    return float(_overlaps(x, y, np.array([k]))[0])


def rank_biased_overlap(x: Values, y: Values, p: float = 0.9) -> float:
    """Return extrapolated rank-biased overlap, from 0 to 1: the first ranks count most, by the persistence *p*.

    ``A_n pⁿ + (1 − p) / p · Σ_d A_d pᵈ``, with A_d the overlap of the d highest (Webber et al. 2010, "A similarity
    measure for indefinite rankings", equation 23), expected over orders of equal values (Corsi & Urbano 2024,
    "The treatment of ties in rank-biased overlap", RBO-a).
    """
    depth = min(len(x), _DEPTH)
    depths = np.arange(1, depth + 1)
    overlaps = _overlaps(x, y, depths)
    return float((1 - p) / p * np.dot(p**depths, overlaps) + overlaps[-1] * p**depth)


def _overlaps(x: Values, y: Values, depths: NDArray[np.intp]) -> Values:
    """Return the share that the highest of both lists have in common, at each depth."""
    shared: Values = np.einsum("dn,dn->d", _within(x, depths), _within(y, depths)) / depths
    return shared


def _within(values: Values, depths: NDArray[np.intp]) -> Values:
    """Return how likely each value is among the highest of each depth, ``[depths, values]``, equal ones at random."""
    _, group, size = np.unique(-values, return_inverse=True, return_counts=True)
    before = np.cumsum(size) - size
    within: Values = np.clip((depths[:, None] - before) / size, 0, 1)[:, group]
    return within
