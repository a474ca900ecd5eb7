"""LIME's results as explanations."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.other_libraries import lengths, shown

import attrwidget as aw


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("bow", [True, False])
def test_limes_explanations(bow: bool) -> None:
    lime_text = pytest.importorskip("lime.lime_text")
    text = "Not good: the movie was, well, not the good one!"
    explainer = lime_text.LimeTextExplainer(class_names=["NEG", "POS"], bow=bow, random_state=0)
    result = explainer.explain_instance(text, lengths, num_features=4, labels=(0, 1), num_samples=200)
    ex = aw.from_lime(result, model_name="m")
    assert "".join(unit.text for unit in ex.tokens.units[:-2]) == text
    assert ex.tokens.labels[-2:] == ["NEG", "POS"]
    np.testing.assert_allclose(ex.steps["probability"], lengths([text])[0])
    for label in (0, 1):
        row = ex.scores().iloc[label].dropna()
        assert np.count_nonzero(row) >= 4
        for word, weight in result.as_list(label):
            assert np.any(np.isclose(row[word], weight, rtol=1e-6)), word
            if bow:
                np.testing.assert_allclose(row[word], weight, rtol=1e-6)
    assert np.isnan(ex.scores().iloc[0][["!"]]).all()
    assert bool(ex.warnings) == bow
    assert ex.reading.note("lime", [0]).startswith("intercept ")
    shown(ex)
