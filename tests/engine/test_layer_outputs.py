"""Gradient × hidden state and attention of each block: against Captum, finite differences and plain tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from captum.attr import LayerGradientXActivation
from helpers.close import assert_close
from helpers.encoders import build as build_encoder
from helpers.encoders import word_tokenizer
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer
from helpers.tiny_seq2seq import SOURCE, build_seq2seq, ending_tokenizer

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

BLOCKS = {
    "gpt2": "transformer.h",
    "llama": "model.layers",
    "bloom": "transformer.h",
    "gemma2": "model.layers",
}


def explained(name: str) -> tuple[Any, aw.Explanation]:
    model = build(name)
    return model, aw.load(model, byte_tokenizer()).explain(PROMPT, output=ANSWER)


@pytest.mark.parametrize("name", BLOCKS)
def test_against_captum(name: str) -> None:
    model, ex = explained(name)
    table = ex.blocks(target_function="logit")
    blocks = model.get_submodule(BLOCKS[name])
    assert list(table.loc[0].index) == ["embeddings", *range(len(blocks))]
    for step in (0, 3, ex.reading.n_steps - 1):
        seen = ex.reading.first_step + step
        ids, target = torch.tensor([ex.tokens.ids[:seen]]), ex.tokens.ids[seen]
        for block, module in enumerate(blocks):
            captum = LayerGradientXActivation(lambda ids: model(ids).logits[:, -1], module)
            found = captum.attribute(ids, target=target)
            found = found[0] if isinstance(found, tuple) else found
            products = found[0].detach()
            ours = table.loc[step, block].to_numpy()
            # After the last block of a model with RMSNorm the sum is all but zero: the logits do not depend on length.
            assert_close(ours[:seen], products.sum(-1), parts=products)
            assert np.isnan(ours[seen:]).all()


def test_the_embeddings_row_is_the_methods_own() -> None:
    _, ex = explained("llama")
    for options in ({"target_function": "logit"}, {"target_function": "log_prob"}, {"foil": 9}):
        ours = ex.blocks(**options).xs("embeddings", level="block").to_numpy()
        np.testing.assert_allclose(
            ours, ex.scores("input_x_gradient", normalize=None, **options), rtol=1e-4, atol=1e-6
        )


def test_against_finite_differences() -> None:
    """The slope of the logit along the hidden state, in float64: (s(h + εh) − s(h − εh)) / 2ε."""
    model = build("gpt2", dtype=torch.float64)
    ex = aw.load(model, byte_tokenizer()).explain(PROMPT, output=ANSWER)
    step, block, epsilon = 2, 1, 1e-5
    seen, row = (
        ex.reading.first_step + step,
        ex.blocks(steps=[step], target_function="logit").loc[(step, block)],
    )
    ids, target = torch.tensor([ex.tokens.ids[:seen]]), ex.tokens.ids[seen]

    def logit(token: int, by: float) -> float:
        def stretch(_module: Any, _args: Any, output: Any) -> Any:
            state = output if isinstance(output, torch.Tensor) else output[0]
            state = state.clone()
            state[0, token] *= 1 + by
            return state if isinstance(output, torch.Tensor) else (state, *output[1:])

        handle = model.transformer.h[block].register_forward_hook(stretch)
        with torch.no_grad():
            value = model(ids).logits[0, -1, target].item()
        handle.remove()
        return value

    truth = [(logit(t, epsilon) - logit(t, -epsilon)) / (2 * epsilon) for t in range(seen)]
    np.testing.assert_allclose(row[:seen], truth, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_over_segments() -> None:
    """A long answer is run in segments over a cache; a model without one in one shot gives the same."""
    model, prompt = build("llama"), [5, 6, 7, 8]
    loaded = aw.load(model, byte_tokenizer())
    ex = loaded.explain(prompt, max_new_tokens=40)
    assert ex.trace.capabilities.segments
    table = ex.blocks(target_function="logit")
    for step in (0, 25, 39):
        short = loaded.explain(prompt + ex.tokens.ids[4 : 4 + step], output=[ex.tokens.ids[4 + step]])
        truth = short.blocks(target_function="logit").loc[0].to_numpy()
        np.testing.assert_allclose(table.loc[step].to_numpy()[:, : 4 + step], truth, rtol=1e-3, atol=1e-5)


def test_an_encoder_decoder() -> None:
    model, tokenizer = build_seq2seq("t5"), ending_tokenizer()
    ex = aw.load(model, tokenizer).explain(SOURCE, output="George")
    table, n = ex.blocks(target_function="logit").loc[1], ex.reading.sections[0].end
    assert list(table.index) == ["embeddings", *(f"encoder {i}" for i in range(3)), "decoder 0", "decoder 1"]
    encoder, decoder = table.loc["encoder 1"].to_numpy(), table.loc["decoder 0"].to_numpy()
    seen = ex.reading.first_step + 1
    assert np.isfinite(encoder[:n]).all()
    assert np.isnan(encoder[n:]).all()
    assert np.isnan(decoder[:n]).all()
    assert np.isfinite(decoder[n:seen]).all()
    source, target = (torch.tensor([ex.tokens.ids[a:b]]) for a, b in ((0, n), (n, seen)))
    for module, ours in (
        (model.encoder.block[1], encoder[:n]),
        (model.decoder.block[0], decoder[n:seen]),
    ):
        kept: list[Any] = []
        handle = module.register_forward_hook(lambda _m, _a, output, kept=kept: kept.append(output[0]))
        logits = model(input_ids=source, decoder_input_ids=target).logits[0, -1]
        handle.remove()
        (slope,) = torch.autograd.grad(logits[ex.tokens.ids[seen]], kept)
        truth = (kept[0] * slope)[0].sum(-1).detach()
        np.testing.assert_allclose(ours, truth, rtol=1e-3, atol=1e-5)


def test_a_classifier() -> None:
    model, tokenizer = build_encoder("bert", "ForSequenceClassification"), word_tokenizer()
    ex = aw.load(model, tokenizer).explain("the film was not good")
    table = ex.blocks(target_function="logit").loc[0]
    inputs = torch.tensor([ex.tokens.ids[: ex.reading.n_inputs]])
    for block, module in enumerate(model.bert.encoder.layer):
        captum = LayerGradientXActivation(lambda ids: model(ids).logits, module)
        found = captum.attribute(inputs, target=int(ex.trace.outputs[0]))
        found = found[0] if isinstance(found, tuple) else found
        np.testing.assert_allclose(table.loc[block], found[0].sum(-1).detach(), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["llama", "bloom"])
def test_attention_of_each_block(name: str, tmp_path: Path) -> None:
    _, ex = explained(name)
    ex.save(tmp_path / "saved.safetensors")
    saved = aw.open(tmp_path / "saved.safetensors")
    heads = ex.reading.head_weights(range(ex.reading.n_steps))
    for rule, join in (("mean", np.mean), ("median", np.median), ("max", np.max), ("sum", np.sum)):
        table = ex.blocks("attention", head_rule=rule)
        np.testing.assert_allclose(
            table.to_numpy().reshape(ex.reading.n_steps, ex.reading.n_layers, -1),
            join(heads, axis=2),
            rtol=1e-5,
        )
        np.testing.assert_allclose(
            saved.attention(1, head_rule=rule), ex.attention(1, head_rule=rule), atol=1e-3
        )
        np.testing.assert_allclose(
            ex.attention(head_rule=rule),
            join(heads.reshape(ex.reading.n_steps, -1, ex.reading.n_inputs), axis=1),
            rtol=1e-5,
        )
    np.testing.assert_allclose(
        ex.attention(1, [0, 2], head_rule="median"), np.median(heads[:, 1, [0, 2]], axis=1), rtol=1e-5
    )


def test_what_is_not_there() -> None:
    _, ex = explained("gpt2")
    for options, says in (
        ({"reading": "saliency"}, "input_x_gradient, attention"),
        ({"steps": [99]}, "no step 99"),
        ({"reading": "attention", "foil": 3}, "foil"),
        ({"reading": "attention", "head_rule": "min"}, "mean, sum, max, median"),
        ({"target_function": "loss"}, "no target function"),
    ):
        with pytest.raises(aw.AttrWidgetError, match=says):
            ex.blocks(**options)
    shared = build_encoder("albert", "ForSequenceClassification")
    classified = aw.load(shared, word_tokenizer()).explain("the film was good")
    with pytest.raises(aw.AttrWidgetError, match="no plain list of blocks"):
        classified.blocks()


def test_nothing_is_left_behind() -> None:
    from helpers.model_state import state

    model = build("gpt2")
    before = state(model)
    aw.load(model, byte_tokenizer()).explain(PROMPT, output=ANSWER).blocks()
    assert state(model) == before
