"""Captum's results as explanations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.other_libraries import TOKENS, shown

import attrwidget as aw


def test_captums_llm_result() -> None:
    torch = pytest.importorskip("torch")
    llm = pytest.importorskip("captum.attr._core.llm_attr")
    values = torch.tensor([[0.5, -1.0, 2.0], [0.25, 0.0, -0.5]])
    result = llm.LLMAttributionResult(
        input_tokens=["The", " movie", " was"],
        output_tokens=[" very", " good"],
        seq_attr=values.sum(0),
        token_attr=values,
        output_probs=torch.tensor([0.5, 0.25]),
    )
    ex = aw.from_captum(result, method="feature_ablation", model_name="m")
    assert ex.tokens.labels == ["The", "movie", "was", "very", "good"]
    np.testing.assert_array_equal(ex.scores().to_numpy()[:, :3], values.numpy())
    assert np.isnan(ex.scores().to_numpy()[:, 3]).all()
    assert list(ex.steps["probability"]) == [0.5, 0.25]
    assert ex.methods()[0][:2] == ("feature_ablation", "Feature ablation")
    shown(ex)
    result.token_attr = result.output_probs = None
    whole = aw.from_captum(result)
    assert (whole.reading.n_steps, whole.tokens.labels[3]) == (1, "very good")
    np.testing.assert_array_equal(whole.scores().to_numpy()[0], values.sum(0).numpy())
    assert whole.methods()[0].description == "Captum, as Captum gave it, of the whole answer"


def test_captums_own_run_of_a_model(folder: Any) -> None:
    captum = pytest.importorskip("captum.attr")
    model = aw.load(folder("gpt2"))
    llm = captum.LLMAttribution(captum.FeatureAblation(model.hf), model.tokenizer)
    inp = captum.TextTokenInput("The first president", model.tokenizer)
    result = llm.attribute(inp, target=" of America", show_progress=False)
    ex = aw.from_captum(result, method="feature_ablation")
    np.testing.assert_allclose(ex.scores().to_numpy()[:, :3], result.token_attr.numpy(), rtol=1e-6)
    assert [unit.text for unit in ex.tokens.units] == ["The", " first", " president", " of", " America"]


@pytest.mark.parametrize("shape", [(5,), (1, 5), (5, 4), (1, 5, 4)])
def test_captums_tensors(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(size=shape)
    ex = aw.from_captum(values, TOKENS, output=" bad", method="integrated_gradients")
    wanted = values.reshape(5, -1).sum(-1)
    np.testing.assert_allclose(ex.scores().to_numpy()[0], wanted, rtol=1e-6)
    assert ex.tokens.labels[-1] == "bad"


def test_captums_visualization_record() -> None:
    visualization = pytest.importorskip("captum.attr._utils.visualization")
    values = np.array([0.5, -1.0, 2.0, 0.0, 0.25])
    record = visualization.VisualizationDataRecord(values, 0.75, "Pos", "Neg", "Pos", 1.75, TOKENS, 0.012)
    ex = aw.from_captum(record, method="lig")
    np.testing.assert_array_equal(ex.scores().to_numpy()[0], values)
    assert (ex.tokens.labels[-1], ex.steps["probability"][0]) == ("Pos", 0.75)
    assert ex.reading.note("lig", [0]) == "convergence score 0.012"
    assert [section.title for section in ex.reading.sections] == ["Text", "Output"]
    shown(ex)
