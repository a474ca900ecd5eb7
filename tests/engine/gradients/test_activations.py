"""Activations that keep their slope alone: the same values and gradients, and nothing left behind."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from transformers.activations import ACT2CLS, ACT2FN

from attrwidget.engine.gradients.activations import one_product_backward


def backward(model: nn.Module, source: torch.Tensor, *, slopes: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the output and three gradients at *source*, taken as one batch."""
    source = source.clone().requires_grad_(True)
    if slopes:
        with one_product_backward(model):
            output = model(source * 1)
    else:
        output = model(source * 1)
    seeds = torch.randn(3, *output.shape, generator=torch.Generator().manual_seed(1), dtype=source.dtype)
    rows = [torch.autograd.grad(output, source, seed, retain_graph=True)[0] for seed in seeds]
    if slopes:
        (batched,) = torch.autograd.grad(output, source, seeds, is_grads_batched=True)
        torch.testing.assert_close(batched, torch.stack(rows))
    return output.detach(), torch.stack(rows)


@pytest.mark.parametrize("name", sorted(ACT2CLS))
def test_values_and_gradients_are_the_formula_s(name: str) -> None:
    model = nn.Sequential(nn.Linear(4, 5), ACT2FN[name], nn.Linear(5, 3)).double().requires_grad_(False)
    source = torch.linspace(-4, 4, 24, dtype=torch.float64).reshape(6, 4)
    for ours, truth in zip(
        backward(model, source, slopes=True), backward(model, source, slopes=False), strict=True
    ):
        torch.testing.assert_close(ours, truth)


def test_an_activation_in_place_keeps_its_gradient() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(inplace=True)).requires_grad_(False)
    source = torch.linspace(-2, 2, 8).reshape(2, 4)
    torch.testing.assert_close(
        backward(model, source, slopes=True)[1], backward(model, source, slopes=False)[1]
    )


@pytest.mark.parametrize(
    ("formula", "slope"), [("gelu_new", "_TanhGeluBackward"), ("quick_gelu", "_KeptDerivativeBackward")]
)
def test_the_formula_s_graph_is_gone_and_so_are_the_hooks(formula: str, slope: str) -> None:
    model = nn.Sequential(nn.Linear(4, 4), ACT2FN[formula]).requires_grad_(False)
    source = torch.ones(1, 4, requires_grad=True)
    with one_product_backward(model):
        slim = model(source).grad_fn
    assert type(slim).__name__ == slope
    assert [type(step).__name__ for step, _ in slim.next_functions if step is not None] == ["AddmmBackward0"]
    assert type(model(source).grad_fn).__name__ == "MulBackward0"
    assert not any(module._forward_hooks or "forward" in vars(module) for module in model)
