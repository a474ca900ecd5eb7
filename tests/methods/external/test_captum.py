"""Captum on our models: Shapley values by hand, and our own methods where they are the same."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.external_methods import COUNT, FIRST, explained, scores, shapley, values_of
from helpers.tiny import build

if TYPE_CHECKING:
    import attrwidget as aw


@pytest.fixture(scope="module")
def model() -> Any:
    return build("llama")


@pytest.fixture(scope="module")
def ex(model: Any) -> aw.Explanation:
    return explained(model)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "samples"), [("captum:shapley_value_sampling", 400), ("captum:kernel_shap", 2000)]
)
def test_shapley_values_by_hand(ex: aw.Explanation, model: Any, method: str, samples: int) -> None:
    known: dict[frozenset[int], float] = {}
    value = values_of(model, 0)

    def kept(there: frozenset[int]) -> float:
        return known[there] if there in known else known.setdefault(there, value(there))

    truth = shapley(kept, permutations(range(COUNT)))
    ours = scores(ex, method, samples=samples).to_numpy()[0, 1:FIRST]
    np.testing.assert_allclose(ours, truth, rtol=0, atol=0.1 * np.abs(truth).max())
    assert ours.sum() == pytest.approx(truth.sum(), abs=1e-3)


def test_captums_integrated_gradients_are_ours(ex: aw.Explanation) -> None:
    options = {"baseline": "zero", "points": 6}
    theirs = scores(ex, "captum:integrated_gradients", **options)
    ours = scores(ex, "integrated_gradients", **options)
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-4 * np.nanmax(np.abs(ours)))


def test_captums_ablation_is_leaving_out(ex: aw.Explanation) -> None:
    for options in ({}, {"target_function": "distribution"}, {"units": [(1, 3), (3, 6)]}):
        given = {"target_function": "log_odds", **options}
        theirs = scores(ex, "captum:feature_ablation", **given).to_numpy()
        ours = scores(ex, "leave_one_out", **given).to_numpy().copy()
        ours[:, 0] = np.nan
        np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-4 * np.nanmax(np.abs(ours)))
