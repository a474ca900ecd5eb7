"""Encoder–decoder models: readings, attention and gradients equal what the plain model itself gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.close import assert_close
from helpers.tiny import save
from helpers.tiny_seq2seq import (
    PAD,
    SEQ2SEQ,
    build_seq2seq,
    ending_tokenizer,
    plain_seq2seq_gradients,
    words_of,
)
from transformers import AutoModelForSeq2SeqLM

import attrwidget as aw
from attrwidget.hf.attention_interface import OBSERVED_EAGER

SOURCE, ANSWER = words_of(11), words_of(30, seed=1)  # two segments


@pytest.fixture(scope="module", params=SEQ2SEQ)
def case(request: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[aw.Explanation, Any]:
    place = save(build_seq2seq(request.param), tmp_path_factory.mktemp(request.param), ending_tokenizer())
    plain = AutoModelForSeq2SeqLM.from_pretrained(place, attn_implementation="eager").eval()
    return aw.load(place).explain(SOURCE, output=ANSWER), plain


def target_of(ex: aw.Explanation) -> torch.Tensor:
    return torch.tensor([ex.tokens.ids[len(SOURCE) : -1]])


def test_tokens_are_the_source_and_then_the_target(case: tuple[aw.Explanation, Any]) -> None:
    ex, plain = case
    start = [plain.config.decoder_start_token_id]
    assert ex.tokens.ids == [*SOURCE, *start, *ANSWER]
    assert [section[:3] for section in ex.reading.sections] == [
        ("Source", 0, 11),
        ("Target", 11, 12),
        ("Answer", 12, 42),
    ]
    assert (ex.reading.first_step, ex.reading.n_steps, ex.reading.n_inputs) == (12, 30, 41)
    scores = ex.scores().to_numpy()
    later = np.arange(41) > np.arange(11, 41)[:, None]
    np.testing.assert_array_equal(np.isnan(scores), later)


def test_readings(case: tuple[aw.Explanation, Any]) -> None:
    ex, plain = case
    with torch.no_grad():
        logits = plain(input_ids=torch.tensor([SOURCE]), decoder_input_ids=target_of(ex)).logits[0].double()
    log_p = logits.log_softmax(-1)[range(len(ANSWER)), ANSWER]
    np.testing.assert_allclose(ex.steps["log_probability"], log_p, rtol=1e-4, atol=1e-4)


def score_size(weights: torch.Tensor) -> Any:
    """Return the size of the scores behind attention weights, as what they do to a weight at most, ``[1]``.

    A weight p changes with its score by p (1 - p), a quarter at most. T5 does not scale its scores: they are large.
    """
    seen = weights[weights > 0]
    return (seen.max() / seen.min()).log().numpy()[None] / 4


def test_attention(case: tuple[aw.Explanation, Any]) -> None:
    ex, plain = case
    with torch.no_grad():
        out = plain(
            input_ids=torch.tensor([SOURCE]),
            decoder_input_ids=target_of(ex),
            output_attentions=True,
            use_cache=False,
        )
    truth = {
        "encoder": out.encoder_attentions,
        "decoder": out.decoder_attentions,
        "cross": out.cross_attentions,
    }
    assert ex.reading.n_layers == len(truth["decoder"]) != len(truth["encoder"])
    assert ex.reading.n_heads == truth["decoder"][0].shape[1]
    for part, layers in truth.items():
        for layer, weights in enumerate(layers):
            for head in range(weights.shape[1]):
                ours = ex.attention(layer, head, part=part, targets="all").fillna(0).to_numpy()
                assert_close(ours, weights[0, head], parts=score_size(weights))
    together = np.concatenate([torch.cat(truth[part]).numpy() for part in ("cross", "decoder")], axis=-1) / 2
    heads = np.nan_to_num(ex.reading.head_weights(range(ex.reading.n_steps)))
    size = max(score_size(weights) for layers in truth.values() for weights in layers)
    assert_close(heads, together.transpose(2, 0, 1, 3), parts=size)
    assert_close(ex.attention(targets="all").fillna(0), together.mean((0, 1)), parts=size)
    cross = ex.scores("cross_attention").to_numpy()[:, : len(SOURCE)]
    assert_close(cross, torch.cat(truth["cross"]).mean((0, 1)), parts=size)


@pytest.mark.slow
@pytest.mark.parametrize("function", ["log_prob", "logit"])
def test_gradients(case: tuple[aw.Explanation, Any], function: str) -> None:
    ex, plain = case
    start = [plain.config.decoder_start_token_id]
    gradients, embedded = plain_seq2seq_gradients(plain, SOURCE, start, ANSWER, function)
    truth = gradients.norm(dim=-1).numpy()
    ours = ex.scores(target_function=function, normalize=None).fillna(0).to_numpy()
    assert (np.abs(ours - truth).max(axis=1) < 1e-4 * truth.max(axis=1)).all()
    size = (gradients.norm(dim=-1) * embedded.norm(dim=-1)).amax(-1).numpy()
    truth = (gradients * embedded).sum(-1).numpy()
    ours = ex.scores("input_x_gradient", target_function=function).fillna(0).to_numpy()
    assert (np.abs(ours - truth).max(axis=1) < 1e-4 * size).all()


def test_steps_are_cut_into_segments_and_batched(case: tuple[aw.Explanation, Any]) -> None:
    """Otherwise the test above would prove little of them."""
    capabilities = case[0].trace.capabilities
    assert (capabilities.segments, capabilities.batched, capabilities.gradient_attention) == (
        True,
        True,
        OBSERVED_EAGER,
    )
    assert capabilities.attention == "recorded"


def test_source_alone(case: tuple[aw.Explanation, Any]) -> None:
    ex, n = case[0], len(SOURCE)
    joint, alone = ex.scores(normalize=None).to_numpy(), ex.scores(source_only=True).to_numpy()
    assert np.isnan(alone[:, n:]).all()
    np.testing.assert_allclose(alone[:, :n], joint[:, :n] / joint[:, :n].sum(1, keepdims=True), rtol=1e-5)
    np.testing.assert_allclose(np.nansum(ex.scores().to_numpy(), axis=1), 1, rtol=1e-5)
    signed = ex.scores("input_x_gradient", source_only=True).to_numpy()
    np.testing.assert_array_equal(signed[:, :n], ex.scores("input_x_gradient").to_numpy()[:, :n])


@pytest.mark.parametrize("name", ["marian", "pegasus"])
def test_integrated_gradients_add_up_to_the_way_from_no_embeddings(name: str) -> None:
    model, answer = build_seq2seq(name), ANSWER[:3]
    ex = aw.load(model, ending_tokenizer()).explain(SOURCE, output=answer)
    blank, whole = (scaled_logits(model, answer, range(99), share) for share in (0, 1))
    change = (whole - blank)[range(3), answer].numpy()
    sums = ex.scores("integrated_gradients", baseline="zero", points=80).sum(axis=1)
    assert np.abs(sums - change).max() < 0.02 * np.abs(change).max()


@pytest.mark.parametrize("name", ["bart", "marian"])
def test_gradients_are_finite_differences(name: str) -> None:
    """Independent of automatic differentiation: one embedding after another is made a little longer, and shorter."""
    model, answer, width = build_seq2seq(name, decoder_start_token_id=PAD).double(), ANSWER[:3], 1e-6
    scores = (
        aw.load(model, ending_tokenizer())
        .explain(SOURCE, output=answer)
        .scores("input_x_gradient")
        .to_numpy()
    )
    for position in range(len(SOURCE) + 3):
        longer, shorter = (scaled_logits(model, answer, [position], 1 + w) for w in (width, -width))
        slopes = ((longer - shorter) / (2 * width))[range(3), answer].numpy()
        np.testing.assert_allclose(np.nan_to_num(scores[:, position]), slopes, rtol=1e-4, atol=1e-6)


def scaled_logits(model: Any, answer: list[int], positions: Any, share: float) -> torch.Tensor:
    """Return logits ``[steps, vocabulary]`` with the embeddings of source and target at *positions* times *share*."""
    seen = [0]

    def scale(_module: Any, _args: Any, out: Any) -> Any:
        first = seen[-1]
        seen.append(first + out.shape[1])
        factor = [share if first + i in positions else 1.0 for i in range(out.shape[1])]
        return out * out.new_tensor(factor)[:, None]

    tables = {part.get_input_embeddings() for part in (model.get_encoder(), model.get_decoder())}
    handles = [table.register_forward_hook(scale) for table in tables]
    target = torch.tensor([[PAD, *answer[:-1]]])
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([SOURCE]), decoder_input_ids=target, use_cache=False).logits[0]
    for handle in handles:
        handle.remove()
    assert len(seen) == 3
    return logits
