"""Queries and keys, beside the attention weights that the model itself returns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer, random_ids
from helpers.tiny_seq2seq import build_seq2seq

import attrwidget as aw

FIRST, COUNT = 5, 9
IDS = random_ids(COUNT)


def softmax_of_scores(ex: Any, step: int, layer: int, head: int, inputs: range) -> np.ndarray:
    scores = [ex.query_key(step, i, layer, head).attrs["score"] for i in inputs]
    return torch.softmax(torch.tensor(scores), 0).numpy()


@pytest.mark.parametrize(
    "kind", ["gpt2", "llama", "qwen2"]
)  # no grouped keys; grouped and rotated; with a bias
def test_the_weights_are_the_softmax_of_the_scores(kind: str) -> None:
    model = build(kind)
    ex = aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])
    with torch.no_grad():
        model.set_attn_implementation("eager")
        layers = model(torch.tensor([IDS[:-1]]), output_attentions=True, use_cache=False).attentions
    for layer, weights in enumerate(layers):
        for head in (0, weights.shape[1] - 1):
            for step in (0, COUNT - FIRST - 1):
                seen = FIRST + step
                truth = weights[0, head, seen - 1, :seen].numpy()
                found = softmax_of_scores(ex, step, layer, head, range(seen))
                np.testing.assert_allclose(found, truth, atol=2e-6)
                pair = ex.query_key(step, seen - 2, layer, head)
                assert pair.attrs["weight"] == pytest.approx(truth[-2], abs=2e-6)
                np.testing.assert_allclose(pair["product"], pair["query"] * pair["key"])


def test_an_encoder_decoder_has_keys_on_both_sides() -> None:
    model = build_seq2seq("bart")
    ex = aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])
    source, step = ex.trace.n_source, 2
    cross = softmax_of_scores(ex, step, 1, 0, range(source))
    own = softmax_of_scores(ex, step, 1, 0, range(source, ex.trace.seen(step)))
    parts = [ex.attention(1, 0, part=part).to_numpy()[step] for part in ("cross", "decoder")]
    np.testing.assert_allclose(cross, parts[0], atol=2e-6)
    np.testing.assert_allclose(own, parts[1][: len(own)], atol=2e-6)


def test_pairs_that_do_not_exist() -> None:
    ex = aw.load(build("gpt2"), byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])
    for place, sentence in (
        ((0, FIRST, 0, 0), "Step 0 does not see input 5: it sees the first 5."),
        ((9, 0, 0, 0), "step"),
        ((0, 0, 9, 0), "layer"),
        ((0, 0, 0, 99), "head"),
    ):
        with pytest.raises(aw.AttrWidgetError, match=sentence):
            ex.query_key(*place)


def test_a_model_that_returns_its_attention_alone() -> None:
    ex = aw.load(build("gpt2"), byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])
    ex.trace.capabilities = replace(ex.trace.capabilities, attention="returned")
    with pytest.raises(aw.AttrWidgetError, match="returns its attention weights alone, so queries"):
        ex.query_key(0, 0, 0, 0)


def test_the_encoder_has_queries_of_its_own() -> None:
    ex = aw.load(build_seq2seq("bart"), byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])
    weights = ex.attention(1, 0, part="encoder").to_numpy()
    scores = [ex.query_key(2, i, 1, 0, part="encoder").attrs["score"] for i in range(ex.trace.n_source)]
    np.testing.assert_allclose(torch.softmax(torch.tensor(scores), 0), weights[2], atol=2e-6)
