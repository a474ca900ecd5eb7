"""Half-precision models work on a CPU, and their norms rank tokens as float32 does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import ARCHITECTURES, build, byte_tokenizer, random_ids
from helpers.tiny_seq2seq import SEQ2SEQ, build_seq2seq
from scipy.stats import spearmanr

import attrwidget as aw

FIRST = 16
IDS = random_ids(FIRST + 20)


def explain(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("name", ["gpt2", "llama", "mistral", "gpt_neox", "qwen3", "falcon", "bloom"])
def test_norms_and_attention_hold(name: str, dtype: torch.dtype) -> None:
    half, full = explain(build(name, dtype=dtype, scale=0.1)), explain(build(name, scale=0.1))
    assert half.trace.model.hf.dtype == dtype
    assert not half.warnings
    for method, bound in (("saliency", 0.95), ("input_x_gradient_l2", 0.95), ("attention", 0.95)):
        ours, truth = half.scores(method).to_numpy(), full.scores(method).to_numpy()
        ranks = [
            spearmanr(a[: FIRST + s], b[: FIRST + s]).statistic
            for s, (a, b) in enumerate(zip(ours, truth, strict=True))
        ]
        assert np.mean(ranks) > bound, method
    shares = half.scores("saliency").to_numpy()
    assert shares.dtype == np.float32
    np.testing.assert_allclose(np.nansum(shares, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_runs_in_bfloat16(name: str) -> None:
    ex = explain(build(name, dtype=torch.bfloat16, scale=0.1))
    np.testing.assert_allclose(ex.scores("saliency").sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_a_certain_prediction_in_half_precision(dtype: torch.dtype) -> None:
    """Its slope is far below float16's smallest number; its shares are not."""
    model = build("llama", dtype=dtype, tie_word_embeddings=False)
    with torch.no_grad():
        model.get_output_embeddings().weight *= 40
    ex = aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], max_new_tokens=8)
    assert ex.steps["probability"].max() > 1 - 1e-9
    np.testing.assert_allclose(ex.scores("saliency").sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("name", ["gpt2", "bart"])
def test_attention_is_kept_as_queries_and_keys(name: str, dtype: torch.dtype) -> None:
    """Its weights are rebuilt in float32, and are yet no nearer to the model's own than its precision."""
    model = build_seq2seq(name).to(dtype) if name in SEQ2SEQ else build(name, dtype=dtype)
    assert explain(model).trace.capabilities.attention == "recorded"


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_autocast_around_it_changes_no_number(name: str) -> None:
    """Explanations are in the model's own precision, as the threads are that answer a widget."""
    truth = explain(build(name))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        ex = explain(build(name))
        inside = ex.scores("saliency")
        generated = aw.load(build(name), byte_tokenizer()).explain(IDS[:FIRST], max_new_tokens=4)
        assert torch.is_autocast_enabled("cpu")
    np.testing.assert_array_equal(inside, truth.scores("saliency"))
    for method in ("input_x_gradient", "attention", "leave_one_out"):
        np.testing.assert_array_equal(ex.scores(method), truth.scores(method))
    assert not ex.warnings
    assert generated.steps.equals(
        aw.load(build(name), byte_tokenizer()).explain(IDS[:FIRST], max_new_tokens=4).steps
    )
