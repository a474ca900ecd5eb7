"""Measure how far methods agree on which inputs matter."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from attrwidget.evaluation.correlation import kendall_tau_b, rank_biased_overlap, spearman, top_overlap
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from attrwidget.evaluation.collect_scores import Scores

MEASURES = ("kendall_tau", "spearman", "top_k", "rank_biased_overlap")


def agreement(rows: Mapping[str, Scores], places: Mapping[int, NDArray[np.intp]], top_k: int) -> pd.DataFrame:
    """Return how alike each pair of methods orders the inputs at *places* of each step, as a mean over steps.

    Index ``(method, other)``, both ways, so that ``table["spearman"].unstack()`` is a square; columns as in
    ``MEASURES``. Two signed methods are compared by value, others by size. Inputs for which either gives NaN
    are left out; a step where either gives all inputs the same counts in neither correlation.
    """
    table: dict[tuple[str, str], list[float]] = {}
    for one, other in product(rows, repeat=2):
        if (other, one) in table:
            table[one, other] = table[other, one]
            continue
        found = [_alike(rows[one], rows[other], step, at, top_k) for step, at in places.items()]
        table[one, other] = _means(np.array(found, dtype=np.float64).reshape(-1, len(MEASURES)))
    index = pd.MultiIndex.from_tuples(table, names=["method", "other"])
    return Table(list(table.values()), index=index, columns=list(MEASURES))


def _alike(one: Scores, other: Scores, step: int, at: NDArray[np.intp], top_k: int) -> Sequence[float]:
    """Return how alike two methods order the inputs *at* one step, by each of ``MEASURES``."""
    x, y = one.scores[step, at], other.scores[step, at]
    if not (one.signed and other.signed):
        x, y = np.abs(x), np.abs(y)
    known = ~(np.isnan(x) | np.isnan(y))
    x, y = x[known], y[known]
    if not len(x):
        return [float("nan")] * len(MEASURES)
    k = min(top_k, len(x))
    return [kendall_tau_b(x, y), spearman(x, y), top_overlap(x, y, k), rank_biased_overlap(x, y)]


def _means(found: NDArray[np.float64]) -> list[float]:
    columns = [column[~np.isnan(column)] for column in found.T]
    return [float(column.mean()) if len(column) else float("nan") for column in columns]
