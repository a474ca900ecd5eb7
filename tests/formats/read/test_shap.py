"""SHAP's results as explanations."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from helpers.other_libraries import lengths, shown
from helpers.refused import refused

import attrwidget as aw


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_shaps_explanations() -> None:
    shap = pytest.importorskip("shap")
    explainer = shap.Explainer(lengths, shap.maskers.Text(r"\W+"), output_names=["NEG", "POS"])
    result = explainer(["The movie was not good, really.", "So good"], silent=True)
    first, second = aw.from_shap(result, model_name="m")
    shap_values = np.asarray(result[0].values)
    np.testing.assert_allclose(first.scores().to_numpy()[:, : len(result[0].data)], shap_values.T, rtol=1e-6)
    assert "".join(unit.text for unit in first.tokens.units[:-2]) == "".join(result[0].data)
    assert first.tokens.labels[-2:] == ["NEG", "POS"]
    assert first.reading.note("shap", [0]) == "base value NEG 0.8, POS 0.2"
    total = np.nansum(first.scores().to_numpy(), axis=1) + np.array([0.8, 0.2])
    np.testing.assert_allclose(total, lengths(["The movie was not good"])[0], atol=1e-6)
    assert second.reading.n_inputs == 3
    shown(first)
    one = aw.from_shap(result[0, :, "POS"])
    np.testing.assert_allclose(one.scores().to_numpy()[0], shap_values[:, 1], rtol=1e-6)
    assert one.tokens.labels[-1] == "POS"
    alone = shap.Explainer(lambda texts: lengths(texts)[:, 1], shap.maskers.Text(r"\W+"))(
        ["So good"], silent=True
    )
    (plain,) = aw.from_shap(alone)
    assert (plain.tokens.labels[-1], plain.reading.note("shap", [0])) == ("output", "base value 0.2")
    refused(
        lambda: aw.from_shap(
            SimpleNamespace(values=np.ones(2), base_values=0, data=np.ones(2), output_names=None)
        )
    )
