"""Elementwise activations whose backward is one product, however many steps their formula takes."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Iterator

_ELEMENTWISE = (nn.GELU, nn.ReLU, nn.SiLU, nn.Sigmoid, nn.Tanh)


class _Sloped(torch.autograd.Function):
    """``output`` going forward; the gradient times ``slope`` going back."""

    @staticmethod
    def forward(ctx: Any, _source: torch.Tensor, output: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(slope)
        return output.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (slope,) = ctx.saved_tensors
        return gradients[0] * slope, None, None


@contextmanager
def single_slopes(model: nn.Module) -> Iterator[None]:
    """Let *model*'s elementwise activations keep their slope instead of their formula's graph, in this thread.

    A tanh GELU written out is ten passes over the widest layer in every backward.
    """
    mine = threading.get_ident()

    def hook(_module: Any, args: tuple[Any, ...], output: Any) -> torch.Tensor | None:
        return _with_slope(args[0], output) if len(args) == 1 and threading.get_ident() == mine else None

    handles = [
        module.register_forward_hook(hook)
        for module in model.modules()
        if isinstance(module, _ELEMENTWISE) or type(module).__module__ == "transformers.activations"
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _with_slope(source: torch.Tensor, output: torch.Tensor) -> torch.Tensor | None:
    if output is source or output.shape != source.shape or not source.requires_grad:
        return None
    (slope,) = torch.autograd.grad(output.sum(), source)
    sloped: torch.Tensor = _Sloped.apply(source, output.detach(), slope)  # type: ignore[no-untyped-call]
    return sloped
