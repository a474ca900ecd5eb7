"""The logit lens against each layer's output put through the model's own last steps by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import ARCHITECTURES, build, byte_tokenizer, random_ids

import attrwidget as aw

FIRST, STEPS = 6, 4
IDS = random_ids(FIRST + STEPS)


def explained(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_last_layer_predicts_what_the_model_does(name: str) -> None:
    ex = explained(build(name))
    lens = ex.logit_lens()
    assert lens.shape == (ex.trace.model.text_config.num_hidden_layers, 3 * STEPS)
    last = lens.iloc[-1].unstack()
    np.testing.assert_allclose(last["chosen"].astype(float), ex.steps["probability"], rtol=1e-4)
    assert list(last["token"]) == [top[0][0] for top in ex.steps["top"]]
    np.testing.assert_allclose(
        last["probability"].astype(float), [top[0][1] for top in ex.steps["top"]], rtol=1e-4
    )


@pytest.mark.parametrize("name", ["llama", "gpt2", "gemma2"])
def test_earlier_layers_go_through_the_last_norm(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = build(name)
    body = model.transformer if name == "gpt2" else model.model
    norm = body.ln_f if name == "gpt2" else body.norm
    with torch.no_grad():
        states = model(torch.tensor([IDS[:-1]]), output_hidden_states=True, use_cache=False).hidden_states
        logits = model.lm_head(norm(states[2]))[0, FIRST - 1 :]
    if name == "gemma2":
        logits = 3 * torch.tanh(logits / 3)
    truth = logits.double().softmax(-1)
    ex = explained(model)
    for size in (1 << 20, 1):
        monkeypatch.setattr("attrwidget.engine.logit_lens._BYTES", size)
        lens = ex.logit_lens()
        np.testing.assert_allclose(
            [lens.loc[1, (s, "chosen")] for s in range(STEPS)], truth[range(STEPS), IDS[FIRST:]], rtol=1e-4
        )
        np.testing.assert_allclose(
            [lens.loc[1, (s, "probability")] for s in range(STEPS)], truth.amax(-1), rtol=1e-4
        )


def test_a_model_without_layers_says_so() -> None:
    ex = explained(build("gpt2"))
    ex.trace.model.hf.config.n_layer = 7
    with pytest.raises(aw.AttrWidgetError, match="no plain list of layers"):
        ex.logit_lens()
