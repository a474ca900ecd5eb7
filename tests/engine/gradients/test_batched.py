"""Gradients against finite differences and plain autograd; what the batched engine may and may not do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer, plain_gradients, random_ids, score

import attrwidget as aw
from attrwidget.methods import Target
from attrwidget.results.live import LiveReading

PROMPT, STEPS = 20, 50  # several segments
FUNCTIONS = ("probability", "log_prob", "logit")


def explained(model: Any, ids: list[int], first: int) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(ids[:first], output=ids[first:])


@pytest.fixture(scope="module")
def ids() -> list[int]:
    return random_ids(PROMPT + STEPS)


@pytest.fixture(scope="module")
def model() -> Any:
    return build("llama")


@pytest.fixture(scope="module")
def ex(model: Any, ids: list[int]) -> aw.Explanation:
    return explained(model, ids, PROMPT)


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(("name", "h", "tolerance"), [("gpt2", 1e-3, 1e-6), ("llama", 2e-2, 2e-3)])
def test_finite_differences(name: str, h: float, tolerance: float, function: str) -> None:
    """A float64 model, each input's embedding moved a little along itself, which input × gradient foretells.

    Llama's norms compute in float32 whatever the model's precision, so its steps must be longer.
    """
    model = build(name, dtype=torch.float64)
    ids, first, step = random_ids(9), 6, 2
    signed = (
        explained(model, ids, first).scores("input_x_gradient", target_function=function).to_numpy()[step]
    )
    embedded = model.get_input_embeddings()(torch.tensor([ids[: first + step]])).detach()

    def at(position: int, move: float) -> float:
        moved = embedded.clone()
        moved[0, position] *= 1 + move
        with torch.no_grad():
            logits = model(inputs_embeds=moved, use_cache=False).logits[0, -1]
        return float(score(logits, ids[first + step], function))

    slopes = [
        (8 * (at(i, h) - at(i, -h)) - (at(i, 2 * h) - at(i, -2 * h))) / (12 * h) for i in range(first + step)
    ]
    np.testing.assert_allclose(
        signed[: first + step], slopes, atol=tolerance * np.max(np.abs(slopes)), rtol=0
    )


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS)
def test_segments_equal_plain_autograd(ex: aw.Explanation, model: Any, ids: list[int], function: str) -> None:
    gradients, embedded = plain_gradients(model, ids, PROMPT, function)
    assert ex.trace.capabilities.segments
    assert ex.trace.capabilities.batched
    ours = ex.scores("saliency", target_function=function, normalize=None).fillna(0).to_numpy()
    truth = gradients.norm(dim=-1).numpy()
    np.testing.assert_allclose(ours, truth, rtol=1e-4, atol=1e-5 * truth.max())
    signed = ex.scores("input_x_gradient", target_function=function).fillna(0).to_numpy()
    truth = (gradients * embedded).sum(-1).numpy()
    np.testing.assert_allclose(signed, truth, rtol=1e-3, atol=1e-5 * np.abs(truth).max())


def test_nothing_before_a_score_is_its_input(ex: aw.Explanation) -> None:
    for method in ("saliency", "input_x_gradient", "attention"):
        missing = np.isnan(ex.scores(method).to_numpy())
        expected = np.arange(PROMPT + STEPS - 1) >= PROMPT + np.arange(STEPS)[:, None]
        np.testing.assert_array_equal(missing, expected)


def test_gradients_are_zero_on_later_tokens(model: Any, ids: list[int]) -> None:
    """What lies beyond a step within its own segment is computed, and must come out as nothing."""
    trace = explained(model, ids, PROMPT).trace
    target = Target("logit", tuple(ids[PROMPT:]))
    for steps, gradients, _, _ in trace.gradients(range(STEPS), target):
        for step, gradient in zip(steps, gradients, strict=True):
            assert gradient[: PROMPT + step].abs().sum() > 0
            assert gradient[PROMPT + step :].abs().sum() == 0


def test_later_tokens_change_nothing(ex: aw.Explanation, model: Any, ids: list[int]) -> None:
    other = [*ids[: PROMPT + 30], *random_ids(STEPS - 30, seed=1)]
    assert other != ids
    ours = explained(model, other, PROMPT).scores("saliency").to_numpy()[:30]
    np.testing.assert_allclose(ours, ex.scores("saliency").to_numpy()[:30], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("segments", [True, False])
@pytest.mark.parametrize("batched", [True, False])
def test_every_way_gives_the_same(
    ex: aw.Explanation, ids: list[int], *, segments: bool, batched: bool
) -> None:
    trace = explained(ex.trace.model.hf, ids, PROMPT).trace
    trace.capabilities = replace(trace.capabilities, segments=segments, batched=batched)
    again = aw.Explanation(LiveReading(trace)).scores("saliency", normalize=None)
    np.testing.assert_allclose(again, ex.scores("saliency", normalize=None), rtol=1e-4, atol=1e-6)


def test_shares_of_probability_and_log_probability_are_equal(ex: aw.Explanation) -> None:
    shares = [ex.scores("saliency", target_function=f).to_numpy() for f in ("probability", "log_prob")]
    np.testing.assert_allclose(*shares, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(("name", "sharpness"), [("gpt2", 700), ("llama", 80)])
def test_certain_predictions_still_have_shares(name: str, sharpness: float) -> None:
    """With p = 1 its gradient vanishes, and Inseq's floor leaves the column near 0: ours sum to 1, and are right.

    The truth is a float64 gradient of the odds' logarithm, which is parallel to that of log p and does not vanish.
    """
    model = build(name, tie_word_embeddings=False)
    with torch.no_grad():
        model.get_output_embeddings().weight *= sharpness
    ex = aw.load(model, byte_tokenizer()).explain(random_ids(8), max_new_tokens=12, do_sample=False)
    certain = ex.steps["probability"].to_numpy() > 1 - 1e-13
    assert certain.any()
    assert ex.scores("saliency", normalize="inseq").sum(axis=1).to_numpy()[certain].min() < 0.5
    shares = ex.scores("saliency").fillna(0).to_numpy()
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)

    exact, ids = model.double(), ex.tokens.ids
    for step in np.flatnonzero(certain):
        target, prefix = ids[8 + step], torch.tensor([ids[: 8 + step]])
        leaf = exact.get_input_embeddings()(prefix).detach().requires_grad_()
        logits = exact(inputs_embeds=leaf, use_cache=False).logits[0, -1]
        others = torch.cat([logits[:target], logits[target + 1 :]]).logsumexp(0)
        (gradient,) = torch.autograd.grad(others - logits[target], leaf)
        truth = gradient[0].norm(dim=-1) / gradient[0].norm(dim=-1).sum()
        np.testing.assert_allclose(shares[step, : 8 + step], truth, atol=2e-4)
