"""Agreement between orders: by hand, by all ways to break ties, and by counting pairs."""

from __future__ import annotations

import math
from itertools import pairwise, permutations, product
from typing import Any

import numpy as np
import pytest

from attrwidget.evaluation.agreement import agreement
from attrwidget.evaluation.collect_scores import Scores
from attrwidget.evaluation.correlation import (
    kendall_tau_b,
    rank_biased_overlap,
    spearman,
    top_overlap,
)


def array(*values: float) -> Any:
    return np.array(values, dtype=np.float64)


def orders(values: Any) -> list[list[int]]:
    """Return every order from the highest that agrees with *values*."""
    return [
        list(order)
        for order in permutations(range(len(values)))
        if all(values[a] >= values[b] for a, b in pairwise(order))
    ]


def test_by_hand() -> None:
    # Of 6 pairs 4 are alike; 5 are untied in x and 4 in y.
    assert kendall_tau_b(array(1, 1, 2, 3), array(1, 1, 2, 2)) == pytest.approx(4 / math.sqrt(5 * 4))
    assert kendall_tau_b(array(1, 2, 3), array(1, 3, 2)) == pytest.approx(1 / 3)
    assert spearman(array(1, 2, 3), array(1, 3, 2)) == pytest.approx(0.5)
    assert top_overlap(array(4, 3, 2, 1), array(3, 4, 1, 2), 1) == 0
    assert top_overlap(array(4, 3, 2, 1), array(3, 4, 1, 2), 2) == 1
    assert top_overlap(array(1, 1), array(2, 1), 1) == 0.5
    # Two things in opposite order: A_1 = 0 and A_2 = 1, so (1 - p) / p · p² + p² = p.
    assert rank_biased_overlap(array(1, 2), array(2, 1), 0.9) == pytest.approx(0.9)


def test_alike_and_opposite() -> None:
    x = np.random.default_rng(0).normal(size=600)
    assert kendall_tau_b(x, 3 * x + 1) == pytest.approx(1)
    assert kendall_tau_b(x, -x) == pytest.approx(-1)
    assert spearman(x, np.exp(x)) == pytest.approx(1)
    assert rank_biased_overlap(x, x) == pytest.approx(1)
    assert top_overlap(x, -x, 300) == 0
    assert math.isnan(kendall_tau_b(x, np.ones(600)))
    assert math.isnan(spearman(x, np.ones(600)))


@pytest.mark.parametrize("seed", range(6))
def test_overlap_is_expected_over_ties(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 3, (2, 5)).astype(float)
    pairs = list(product(orders(x), orders(y)))
    overlaps = [np.mean([len({*one[:k]} & {*other[:k]}) / k for one, other in pairs]) for k in range(1, 6)]
    for k in range(1, 6):
        assert top_overlap(x, y, k) == pytest.approx(overlaps[k - 1])
    p = 0.8
    expected = overlaps[-1] * p**5 + (1 - p) / p * sum(a * p ** (d + 1) for d, a in enumerate(overlaps))
    assert rank_biased_overlap(x, y, p) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(8))
def test_tau_counts_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 2 + 40 * (seed % 2), (2, 3 + 9 * seed)).astype(float)
    x[:2], y[:2] = (0, 1), (1, 0)
    by_x, by_y = (np.sign(values[:, None] - values) for values in (x, y))
    untied = math.sqrt(np.abs(by_x).sum() * np.abs(by_y).sum())
    assert kendall_tau_b(x, y) == pytest.approx((by_x * by_y).sum() / untied)


def test_rank_correlation_shares_the_ranks_of_ties() -> None:
    x, ranks = array(5, 1, 5, 3), array(3.5, 1, 3.5, 2)
    assert spearman(x, array(1, 2, 4, 3)) == pytest.approx(np.corrcoef(ranks, [1, 2, 4, 3])[0, 1])


def test_table_compares_by_value_only_where_both_have_a_sign() -> None:
    nan = float("nan")
    rows = {
        "signed": Scores(np.array([[-3.0, 1, 2, nan]]), signed=True),
        "opposite": Scores(np.array([[3.0, -1, -2, 9]]), signed=True),
        "size": Scores(np.array([[3.0, 1, 2, 7]]), signed=False),
    }
    table = agreement(rows, {0: np.arange(4)}, 1)
    assert table.loc[("signed", "opposite"), "kendall_tau"] == pytest.approx(-1)
    assert table.loc[("signed", "size"), "kendall_tau"] == pytest.approx(1)
    assert table.loc[("signed", "opposite"), "top_k"] == 0
    assert table.loc[("size", "signed"), "top_k"] == 1
    square = table["spearman"].unstack()
    assert (square.to_numpy() == square.to_numpy().T).all()
    assert np.allclose(np.diag(square), 1)
