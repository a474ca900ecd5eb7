"""Elementwise activations whose backward is one product, however many steps their formula takes."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from attrwidget.hf.internals.modules import is_activation, tanh_gelus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ELEMENTWISE = (nn.GELU, nn.ReLU, nn.SiLU, nn.Sigmoid, nn.Tanh)


class _Sloped(torch.autograd.Function):
    """``output`` going forward; the gradient times ``slope`` going back."""

    @staticmethod
    def forward(ctx: Any, _source: torch.Tensor, output: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(slope)
        ctx.mark_dirty(output)
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (slope,) = ctx.saved_tensors
        return gradients[0] * slope, None, None


class _TanhGelu(torch.autograd.Function):
    """The same of the tanh GELU, which GPT-2 and others write out as eight operations, in one each way."""

    @staticmethod
    def forward(ctx: Any, source: torch.Tensor) -> torch.Tensor:
        ones = torch.ones((), dtype=source.dtype, device=source.device).expand_as(source)
        ctx.save_for_backward(torch.ops.aten.gelu_backward(ones, source, approximate="tanh"))
        return nn.functional.gelu(source, approximate="tanh")

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> torch.Tensor:
        slope: torch.Tensor = ctx.saved_tensors[0]
        return gradients[0] * slope


@contextmanager
def one_product_backward(model: nn.Module) -> Iterator[None]:
    """Let *model*'s elementwise activations keep their slope instead of their formula's graph, in this thread.

    A tanh GELU written out is ten passes over the widest layer in every backward.
    """
    mine = threading.get_ident()

    def hook(_module: Any, args: tuple[Any, ...], output: Any) -> torch.Tensor | None:
        return _with_slope(args[0], output) if len(args) == 1 and threading.get_ident() == mine else None

    with ExitStack() as stack:
        for module in model.modules():
            if type(module) in tanh_gelus() and "forward" not in vars(module):
                module.forward = partial(_tanh_gelu, module.forward, mine)
                stack.callback(delattr, module, "forward")
            elif isinstance(module, _ELEMENTWISE) or is_activation(module):
                stack.callback(module.register_forward_hook(hook).remove)
        yield


def _tanh_gelu(forward: Callable[..., Any], thread: int, source: torch.Tensor) -> torch.Tensor:
    if threading.get_ident() != thread or not source.requires_grad:
        return forward(source)  # type: ignore[no-any-return]
    return _TanhGelu.apply(source)  # type: ignore[no-any-return, no-untyped-call]


def _with_slope(source: torch.Tensor, output: torch.Tensor) -> torch.Tensor | None:
    if output is source or output.shape != source.shape or not source.requires_grad:
        return None
    (slope,) = torch.autograd.grad(output.sum(), source)
    sloped: torch.Tensor = _Sloped.apply(source, output.detach(), slope)  # type: ignore[no-untyped-call]
    return sloped
