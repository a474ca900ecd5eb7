"""Elementwise activations that keep their derivative, so that their backward pass is one product."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from attrwidget.engine.hooks import hooked, in_this_thread
from attrwidget.hf.internals.modules import is_activation, tanh_gelus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ELEMENTWISE = (nn.GELU, nn.ReLU, nn.SiLU, nn.Sigmoid, nn.Tanh)


class _KeptDerivative(torch.autograd.Function):
    """Returns ``output`` forward, and the gradient times ``derivative`` backward."""

    @staticmethod
    def forward(
        ctx: Any, _source: torch.Tensor, output: torch.Tensor, derivative: torch.Tensor
    ) -> torch.Tensor:
        ctx.save_for_backward(derivative)
        ctx.mark_dirty(output)
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (derivative,) = ctx.saved_tensors
        return gradients[0] * derivative, None, None


class _TanhGelu(torch.autograd.Function):
    """The tanh GELU in one operation each way; GPT-2 and others write it out as eight."""

    @staticmethod
    def forward(ctx: Any, source: torch.Tensor) -> torch.Tensor:
        ones = torch.ones((), dtype=source.dtype, device=source.device).expand_as(source)
        ctx.save_for_backward(torch.ops.aten.gelu_backward(ones, source, approximate="tanh"))
        return nn.functional.gelu(source, approximate="tanh")

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> torch.Tensor:
        derivative: torch.Tensor = ctx.saved_tensors[0]
        return gradients[0] * derivative


@contextmanager
def one_product_backward(model: nn.Module) -> Iterator[None]:
    """Let *model*'s elementwise activations keep their derivative instead of their graph, in this thread.

    A tanh GELU that is written out makes ten passes over the widest layer in every backward pass.
    """
    hooks = []
    with ExitStack() as stack:
        for module in model.modules():
            if type(module) in tanh_gelus() and "forward" not in vars(module):
                own = module.forward
                module.forward = in_this_thread(partial(_tanh_gelu, own), otherwise=own)
                stack.callback(delattr, module, "forward")
            elif isinstance(module, _ELEMENTWISE) or is_activation(module):
                hooks.append((module, _keep_derivative))
        stack.enter_context(hooked(hooks))
        yield


def _tanh_gelu(forward: Callable[..., Any], source: torch.Tensor) -> torch.Tensor:
    return _TanhGelu.apply(source) if source.requires_grad else forward(source)  # type: ignore[no-any-return, no-untyped-call]


def _keep_derivative(_module: Any, args: tuple[Any, ...], output: Any) -> torch.Tensor | None:
    source = args[0]
    if len(args) != 1 or output is source or output.shape != source.shape or not source.requires_grad:
        return None
    (derivative,) = torch.autograd.grad(output.sum(), source)
    return _KeptDerivative.apply(source, output.detach(), derivative)  # type: ignore[no-any-return, no-untyped-call]
