"""SHAP on our models: Owen values by hand, its own objects, and its tree of neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.external_methods import FIRST, STEPS, explained, scores, shapley, values_of
from helpers.tiny import build

import attrwidget as aw
from attrwidget.methods.external.shap import neighbours


@pytest.fixture(scope="module")
def model() -> Any:
    return build("llama")


@pytest.fixture(scope="module")
def ex(model: Any) -> aw.Explanation:
    return explained(model)


@pytest.mark.slow
def test_shap_equals_owen_values_by_hand(ex: aw.Explanation, model: Any) -> None:
    """Orders that keep the halves of the tree, ((0, 1), (2, 3)), together; and additivity from the base value."""
    value = values_of(model, 0)
    halves = [[(0, 1), (1, 0)], [(2, 3), (3, 2)]]
    kept = [one + two for a, b in (halves, halves[::-1]) for one in a for two in b]
    ours = scores(ex, "shap")
    truth = shapley(value, kept)
    np.testing.assert_allclose(ours.to_numpy()[0, 1:FIRST], truth, rtol=0, atol=1e-3 * np.abs(truth).max())
    assert ours.attrs["base_values"][0] == pytest.approx(value(frozenset()), abs=1e-3)
    assert np.nansum(ours.to_numpy(), axis=1) + ours.attrs["base_values"] == pytest.approx(
        [values_of(model, s)(frozenset(range(9))) for s in range(STEPS)], abs=1e-3
    )
    assert "completeness residual under 0.1 %" in ours.attrs["note"]


@pytest.mark.slow
def test_a_shap_explanation_and_back(ex: aw.Explanation) -> None:
    made = ex.to_shap()
    ours = scores(ex, "shap").to_numpy()
    assert made.values.shape == (ex.reading.n_inputs, STEPS)
    p = ex.steps["probability"].to_numpy()
    np.testing.assert_allclose(made.values.sum(0) + made.base_values, np.log(p / (1 - p)), atol=1e-3)
    back = aw.from_shap(made)
    np.testing.assert_allclose(
        back.scores().to_numpy()[:, : ex.reading.n_inputs], np.nan_to_num(ours), atol=1e-6
    )
    assert ex.to_shap("integrated_gradients").base_values.shape == (STEPS,)
    with pytest.raises(aw.AttrWidgetError, match="'saliency' has none"):
        ex.to_shap("saliency")


def test_the_tree_of_neighbours() -> None:
    np.testing.assert_array_equal(neighbours(3), [[0, 1, 2 / 3, 2], [3, 2, 1, 3]])
