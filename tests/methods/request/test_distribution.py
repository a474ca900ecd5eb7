"""The whole distribution as a target: its divergence, and its Fisher information written out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.methods import Target
from attrwidget.methods.request.distribution import fisher_direction

FIRST, STEPS = 6, 4
IDS = random_ids(FIRST + STEPS)


@pytest.fixture(scope="module")
def model() -> Any:
    return build("gpt2")


@pytest.fixture(scope="module")
def ex(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


def log_p(model: Any, ids: list[int], mask: list[int]) -> torch.Tensor:
    positions = torch.arange(len(ids))[None]
    with torch.no_grad():
        out = model(torch.tensor([ids]), attention_mask=torch.tensor([mask]), position_ids=positions)
    return out.logits[0, -1].double().log_softmax(-1)


def test_leaving_out_gives_the_divergence(ex: aw.Explanation, model: Any) -> None:
    ours = ex.scores("leave_one_out", target_function="distribution").to_numpy()
    for step in range(STEPS):
        prefix = IDS[: FIRST + step]
        p = log_p(model, prefix, [1] * len(prefix))
        for j in range(len(prefix)):
            q = log_p(model, prefix, [int(i != j) for i in range(len(prefix))])
            divergence = float((p.exp() * (p - q)).sum())
            assert divergence >= 0
            assert ours[step, j] == pytest.approx(divergence, rel=1e-3, abs=1e-6)


@pytest.mark.slow
def test_integrated_gradients_add_up_to_the_divergence(ex: aw.Explanation, model: Any) -> None:
    scores = ex.scores("integrated_gradients", target_function="distribution", points=60, baseline="zero")
    nothing = torch.zeros(1, FIRST, model.config.hidden_size)
    with torch.no_grad():
        q = model(inputs_embeds=nothing).logits[0, -1].double().log_softmax(-1)
    p = log_p(model, IDS[:FIRST], [1] * FIRST)
    assert np.nansum(scores.to_numpy()[0]) == pytest.approx(float((p.exp() * (p - q)).sum()), rel=0.02)
    assert "Kullback" in scores.attrs["note"]


def test_saliency_is_of_the_leading_fisher_direction(ex: aw.Explanation, model: Any) -> None:
    embedded = model.get_input_embeddings()(torch.tensor([IDS[:FIRST]])).detach().requires_grad_()
    logits = model(inputs_embeds=embedded).logits[0, -1].double()
    p = logits.detach().softmax(-1)
    values, vectors = torch.linalg.eigh(torch.diag(p) - p[:, None] * p)
    (gradient,) = torch.autograd.grad(logits @ vectors[:, -1] * values[-1].sqrt(), embedded)
    scores = ex.scores("saliency", target_function="distribution", normalize=None)
    np.testing.assert_allclose(scores.to_numpy()[0, :FIRST], gradient[0].norm(dim=-1), rtol=1e-4)
    assert "Fisher" in scores.attrs["note"]


@pytest.mark.parametrize(
    "p",
    [
        torch.rand(4, 7, generator=torch.Generator().manual_seed(0)).double(),
        torch.tensor(
            [[0.4, 0.4, 0.2], [0.5, 0.5, 0.0], [1 / 3, 1 / 3, 1 / 3], [1 - 1e-9, 1e-9, 0.0]]
        ).double(),
    ],
)
def test_the_direction_is_the_leading_eigenvector(p: torch.Tensor) -> None:
    p = p / p.sum(-1, keepdim=True)
    fisher = torch.diag_embed(p) - p[:, :, None] * p[:, None]
    largest = torch.linalg.eigvalsh(fisher)[:, -1:]
    ours = fisher_direction(p)
    torch.testing.assert_close(ours.square().sum(-1, keepdim=True), largest)
    torch.testing.assert_close((fisher @ ours[..., None])[..., 0], largest * ours)


def test_a_certain_prediction_keeps_its_direction() -> None:
    """1 - p is 1e-20, which float64 cannot tell from a probability of 1."""
    ours = fisher_direction(torch.tensor([[1.0, 1e-20, 0.0]], dtype=torch.float64))
    torch.testing.assert_close(
        ours, torch.tensor([[1e-10, -1e-10, 0.0]], dtype=torch.float64), rtol=1e-6, atol=0
    )


@pytest.mark.parametrize("method", ["input_x_gradient", "gim", "gradient_x_attention"])
def test_methods_that_would_lose_their_sign_refuse(ex: aw.Explanation, method: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match="gradient is zero"):
        ex.scores(method, target_function="distribution")


def test_norms(ex: aw.Explanation) -> None:
    _, gradients, scales, _ = next(ex.trace.gradients([2], Target("log_prob", ex.trace.outputs)))
    slope = (gradients[0].double() * scales[0]).numpy()[: FIRST + 2]
    truth = {"l1": np.abs(slope).sum(-1), "l2": np.sqrt((slope**2).sum(-1)), "max": np.abs(slope).max(-1)}
    for norm, row in truth.items():
        ours = ex.scores("saliency", norm=norm, normalize=None)
        np.testing.assert_allclose(ours.to_numpy()[2, : FIRST + 2], row, rtol=1e-5)
        assert ("note" in ours.attrs) == (norm != "l2")
    with pytest.raises(aw.AttrWidgetError, match="norm is one of 'l1', 'l2', 'max', not 'l3'"):
        ex.scores("saliency", norm="l3")
