"""Readings, attention and gradients of every architecture equal what the plain model itself gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import ARCHITECTURES, byte_tokenizer, plain_gradients, random_ids
from transformers import AutoModelForCausalLM

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST, COUNT = 10, 34  # two segments, longer than every window
IDS = random_ids(COUNT)


@pytest.fixture(scope="module", params=ARCHITECTURES)
def case(request: Any, folder: Callable[[str], str]) -> tuple[str, aw.Explanation, Any]:
    place = folder(request.param)
    plain = AutoModelForCausalLM.from_pretrained(place, attn_implementation="eager").eval()
    return request.param, aw.load(place).explain(IDS[:FIRST], output=IDS[FIRST:]), plain


def attentions(plain: Any) -> Any:
    """Return ``[layers, heads, n, n]`` of all tokens but the last."""
    with torch.no_grad():
        out = plain(torch.tensor([IDS[:-1]]), output_attentions=True, use_cache=False)
    return torch.cat(out.attentions).numpy()


def test_readings(case: tuple[str, aw.Explanation, Any]) -> None:
    _, ex, plain = case
    with torch.no_grad():
        logits = plain(torch.tensor([IDS[:-1]]), use_cache=False).logits[0, FIRST - 1 :].double()
    log_p = logits.log_softmax(-1)[range(COUNT - FIRST), IDS[FIRST:]]
    np.testing.assert_allclose(ex.steps["log_probability"], log_p, rtol=1e-4, atol=1e-4)


def test_attention(case: tuple[str, aw.Explanation, Any]) -> None:
    name, ex, plain = case
    if name == "mamba":
        with pytest.raises(aw.AttrWidgetError, match="no attention"):
            ex.attention()
        assert ex.reading.n_layers == ex.reading.n_heads == 0
        assert "no attention" in str(ex.reading.attention_note)
        assert "attention" not in [m.name for m in ex.methods()]
        return
    truth = attentions(plain)
    assert (ex.reading.n_layers, ex.reading.n_heads) == truth.shape[:2]
    assert ex.reading.attention_note is None
    for layer in range(ex.reading.n_layers):
        for head in range(ex.reading.n_heads):
            ours = ex.attention(layer, head, targets="all").fillna(0).to_numpy()
            np.testing.assert_allclose(ours, truth[layer, head], atol=2e-6)
    weights = np.nan_to_num(ex.reading.head_weights([0, 15]))
    np.testing.assert_allclose(weights, truth[:, :, [FIRST - 1, FIRST + 14]].transpose(2, 0, 1, 3), atol=2e-6)


@pytest.mark.parametrize("function", ["log_prob", "logit"])
def test_gradients(case: tuple[str, aw.Explanation, Any], function: str) -> None:
    _, ex, plain = case
    gradients, embedded = plain_gradients(plain, IDS, FIRST, function)
    truth = gradients.norm(dim=-1).numpy()
    ours = ex.scores("saliency", target_function=function, normalize=None).fillna(0).to_numpy()
    assert (np.abs(ours - truth).max(axis=1) < 1e-4 * truth.max(axis=1)).all()
    # BLOOM normalises its embeddings at once, so that its dot products are nothing but rounding.
    size = (gradients.norm(dim=-1) * embedded.norm(dim=-1)).amax(-1).numpy()
    truth = (gradients * embedded).sum(-1).numpy()
    ours = ex.scores("input_x_gradient", target_function=function).fillna(0).to_numpy()
    assert (np.abs(ours - truth).max(axis=1) < 1e-4 * size).all()


def test_windows_caps_and_sinks_act(folder: Callable[[str], str]) -> None:
    """Otherwise the tests above would prove little of them."""

    def weights(name: str) -> Any:
        model = AutoModelForCausalLM.from_pretrained(folder(name), attn_implementation="eager")
        return attentions(model)

    far = np.tril(np.ones((COUNT - 1, COUNT - 1)), -4) > 0
    for name in ("mistral", "gemma2", "gemma3", "gpt_oss", "gpt_neo"):
        assert (weights(name)[:, :, far] == 0).all(axis=(1, 2)).any(), name
    assert weights("gpt_oss").sum(-1).min() < 0.9
    uncapped = AutoModelForCausalLM.from_pretrained(folder("gemma2"), attn_implementation="eager")
    for layer in uncapped.model.layers:
        layer.self_attn.attn_logit_softcapping = None
    assert np.abs(attentions(uncapped) - weights("gemma2")).max() > 0.05


@pytest.mark.parametrize("own", ["sdpa", "eager"])
@pytest.mark.parametrize("name", ["falcon", "falcon_alibi", "falcon_new", "gpt2", "mistral", "gpt_neox"])
def test_a_model_object_in_either_attention(name: str, own: str, folder: Callable[[str], str]) -> None:
    """Falcon's logits go wrong when its attention is merely renamed, so its own must be what is explained."""
    model = AutoModelForCausalLM.from_pretrained(folder(name), attn_implementation=own).eval()
    ex = aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])
    assert model.config._attn_implementation == own
    gradients, _ = plain_gradients(model, IDS, FIRST, "log_prob")
    truth = gradients.norm(dim=-1).numpy()
    ours = ex.scores("saliency", normalize=None).fillna(0).to_numpy()
    assert (np.abs(ours - truth).max(axis=1) < 1e-4 * truth.max(axis=1)).all()
    if ex.reading.n_layers:
        plain = AutoModelForCausalLM.from_pretrained(folder(name), attn_implementation="eager").eval()
        truth = attentions(plain)
        for layer in range(ex.reading.n_layers):
            ours = ex.attention(layer, 1, targets="all").fillna(0).to_numpy()
            np.testing.assert_allclose(ours, truth[layer, 1], atol=2e-6)
    else:
        assert (name, own) == ("falcon_alibi", "sdpa")
        assert "attn_implementation='eager'" in str(ex.reading.attention_note)
