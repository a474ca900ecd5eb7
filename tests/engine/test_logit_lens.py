"""The logit lens against each layer's output put through the model's own last steps by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import ARCHITECTURES, build, byte_tokenizer, random_ids
from helpers.tiny_seq2seq import build_seq2seq, ending_tokenizer, words_of

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
    said, likeliest = truth[range(STEPS), IDS[FIRST:]], truth.topk(5)
    for size in (1 << 20, 1):  # all steps at once, and each with a run of its own
        monkeypatch.setattr("attrwidget.engine.logit_lens._LOGITS_BYTES", size)
        monkeypatch.setattr("attrwidget.engine.logit_lens._STATES_BYTES", size)
        ex = explained(model)
        lens = ex.logit_lens()
        np.testing.assert_allclose([lens.loc[1, (s, "chosen")] for s in range(STEPS)], said, rtol=1e-4)
        read = ex.trace.make_lens().read(range(STEPS))
        np.testing.assert_array_equal([one.top[1] for one in read], likeliest.indices)
        np.testing.assert_allclose([one.probability[1] for one in read], likeliest.values, rtol=1e-4)
        assert [one.rank[1] for one in read] == ((truth > said[:, None]).sum(-1) + 1).tolist()
        np.testing.assert_allclose(ex.reading.lens.rivals(2, [7, 3])[1], truth[2, [7, 3]], rtol=1e-4)


def test_a_model_without_layers_says_so() -> None:
    ex = explained(build("gpt2"))
    ex.trace.model.hf.config.n_layer = 7
    with pytest.raises(aw.AttrWidgetError, match="no plain list of layers"):
        ex.trace.make_lens()


@pytest.mark.parametrize("name", ["bart", "m2m_100", "t5"])
def test_of_an_encoder_decoder_the_decoders_layers_are_read(name: str) -> None:
    model, source, answer = build_seq2seq(name), words_of(6), words_of(4, seed=1)
    ex = aw.load(model, ending_tokenizer()).explain(source, output=answer)
    read = ex.reading.lens.read(range(4))
    body = model.get_decoder()
    norm = {"bart": torch.nn.Identity(), "m2m_100": getattr(body, "layer_norm", None)}.get(
        name
    ) or body.final_layer_norm
    target = torch.tensor([ex.tokens.ids[len(source) : -1]])
    with torch.no_grad():
        out = model(torch.tensor([source]), decoder_input_ids=target, output_hidden_states=True)
        state = norm(out.decoder_hidden_states[1])
        scale = model.model_dim**-0.5 if name == "t5" else 1
        truth = model.lm_head(scale * state)[0, -4:].double().softmax(-1)
    np.testing.assert_allclose([one.chosen[0] for one in read], truth[range(4), answer], rtol=1e-4)
    np.testing.assert_allclose([one.chosen[-1] for one in read], ex.steps["probability"], rtol=1e-4)
