"""What each head gives, against plain autograd on the model as loaded: at its weights, and at its heads' output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.encoder_cases import explained as encoded
from helpers.encoder_cases import ids_of, plain_logits
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer, random_ids
from helpers.tiny_seq2seq import SOURCE, build_seq2seq, ending_tokenizer

import attrwidget as aw
from attrwidget.engine.attention.given import AboveMean, GivenByHeads

if TYPE_CHECKING:
    from collections.abc import Sequence

FOIL = 9
PROJECTIONS = {"gpt2": "transformer.h.{}.attn.c_proj", "llama": "model.layers.{}.self_attn.o_proj"}


def explained(name: str, **changes: Any) -> aw.Explanation:
    return aw.load(build(name, dtype=torch.float64, **changes), byte_tokenizer()).explain(
        PROMPT, output=ANSWER
    )


def given(ex: aw.Explanation, step: int, foil: int | None = None) -> np.ndarray:
    trace = ex.trace
    return GivenByHeads(trace).of_step(step, AboveMean(trace.outputs, foil)).numpy()


def above_mean(logits: torch.Tensor, output: int, foil: int | None = None) -> torch.Tensor:
    return logits[output] - (logits.mean() if foil is None else logits[foil])


def products(score: torch.Tensor, weights: Sequence[torch.Tensor], row: int) -> np.ndarray:
    """Return attention times the score's gradient at it, in one row: ``[layers, heads, keys]``."""
    slopes = torch.autograd.grad(score, list(weights))
    pairs = zip(weights, slopes, strict=True)
    return torch.stack([(a * g)[0, :, row] for a, g in pairs]).detach().numpy()


def assert_same(ours: np.ndarray, truth: np.ndarray) -> None:
    np.testing.assert_allclose(ours, truth, atol=1e-5 * np.abs(truth).max())


@pytest.mark.parametrize("foil", [None, FOIL])
@pytest.mark.parametrize("name", ["gpt2", "llama", "mistral", "gemma2"])
def test_causal_models(name: str, foil: int | None) -> None:
    ex = explained(name)
    plain = build(name, dtype=torch.float64, attention="eager")
    for step in (0, 4):
        seen = ex.reading.first_step + step
        ids, output = torch.tensor([ex.tokens.ids[:seen]]), ex.tokens.ids[seen]
        run = plain(ids, output_attentions=True, use_cache=False)
        truth = products(above_mean(run.logits[0, -1], output, foil), run.attentions, -1)
        ours = given(ex, step, foil)
        assert_same(ours[:, :, :seen], truth)
        assert (ours[:, :, seen:] == 0).all()


@pytest.mark.parametrize("name", PROJECTIONS)
def test_inputs_add_up_to_gradient_times_the_output_of_the_head(name: str) -> None:
    ex, step = explained(name), 3
    plain = build(name, dtype=torch.float64)
    layers = ex.reading.n_layers
    kept: list[torch.Tensor] = []

    def keep(_module: Any, args: tuple[torch.Tensor, ...]) -> None:
        kept.append(args[0])

    for layer in range(layers):
        plain.get_submodule(PROJECTIONS[name].format(layer)).register_forward_pre_hook(keep)
    seen = ex.reading.first_step + step
    logits = plain(torch.tensor([ex.tokens.ids[:seen]]), use_cache=False).logits[0, -1]
    slopes = torch.autograd.grad(above_mean(logits, ex.tokens.ids[seen]), kept)
    truth = torch.stack([(o * g)[0, -1] for o, g in zip(kept, slopes, strict=True)])
    by_head = truth.reshape(layers, ex.reading.n_heads, -1).sum(-1).detach().numpy()
    assert_same(given(ex, step).sum(-1), by_head)


def test_over_segments_and_with_checkpoints() -> None:
    """A long answer is run in segments over a cache, or with blocks that are run again: the numbers are the same."""
    ids = random_ids(40)
    plain, step = build("llama", dtype=torch.float64, attention="eager"), 30
    run = plain(torch.tensor([ids[: 5 + step]]), output_attentions=True, use_cache=False)
    truth = products(above_mean(run.logits[0, -1], ids[5 + step]), run.attentions, -1)
    for options in ({}, {"memory_budget": 1}):
        loaded = aw.load(build("llama", dtype=torch.float64), byte_tokenizer(), **options)
        ex = loaded.explain(ids[:5], output=ids[5:])
        assert ex.trace.capabilities.segments
        assert_same(given(ex, step)[:, :, : 5 + step], truth)


@pytest.mark.parametrize("name", ["bert", "albert", "distilbert", "modernbert"])
@pytest.mark.parametrize("head", ["ForSequenceClassification", "ForMaskedLM"])
def test_encoders(name: str, head: str) -> None:
    ex = encoded(name, head)
    hf = ex.trace.model.own
    own = hf.config._attn_implementation
    hf.set_attn_implementation("eager")
    kept: list[torch.Tensor] = []
    hf.register_forward_hook(lambda _m, _a, out: kept.extend(out.attentions))
    try:
        logits = plain_logits(ex, input_ids=ids_of(ex), output_attentions=True)
    finally:
        hf.set_attn_implementation(own)
        hf._forward_hooks.clear()
    for step in range(min(2, ex.reading.n_steps)):
        score = above_mean(logits[step], ex.trace.outputs[step])
        row = ex.trace.position(step)
        slopes = torch.autograd.grad(score, kept, retain_graph=True)
        truth = torch.stack([(a * g)[0, :, row] for a, g in zip(kept, slopes, strict=True)])
        assert_same(given(ex, step), truth.detach().numpy())


@pytest.mark.parametrize("name", ["bart", "t5"])
def test_encoder_decoders_give_from_source_and_target(name: str) -> None:
    model, tokenizer = build_seq2seq(name), ending_tokenizer()
    ex = aw.load(model, tokenizer).explain(SOURCE, output="George")
    step, n = 1, ex.reading.n_source
    seen = ex.reading.first_step + step
    ours = given(ex, step)
    model.set_attn_implementation("eager")
    source, target = (torch.tensor([ex.tokens.ids[a:b]]) for a, b in ((0, n), (n, seen)))
    run = model(input_ids=source, decoder_input_ids=target, output_attentions=True, use_cache=False)
    score = above_mean(run.logits[0, -1], ex.tokens.ids[seen])
    parts = [*run.cross_attentions, *run.decoder_attentions]
    slopes = torch.autograd.grad(score, parts)
    truth = [(a * g)[0, :, -1].detach().numpy() for a, g in zip(parts, slopes, strict=True)]
    half = len(truth) // 2
    np.testing.assert_allclose(ours[:, :, :n], np.stack(truth[:half]), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(ours[:, :, n:seen], np.stack(truth[half:]), rtol=1e-3, atol=1e-5)
