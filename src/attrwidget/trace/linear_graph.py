"""Linear layers that are gone back through by the rows that count: a step's gradient is zero at what comes after it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import nn
from transformers.pytorch_utils import Conv1D

from attrwidget.trace.stacks import stacks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.models.adapter import Adapter

_local = threading.local()


class Rows:
    """Where each of a batch's gradients may be other than zero: ``spans[k]``, a range of rows; None: anywhere.

    *alone*: there is no batch, but one gradient. *causal*: no row attends to what comes after it.
    """

    def __init__(self, count: int, *, causal: bool = True) -> None:
        self.count, self.causal, self.alone = count, causal, False
        self.spans: Sequence[range] | None = None

    def of(self, k: int) -> range:
        """Return the rows of gradient *k*."""
        return range(self.count) if self.spans is None else self.spans[k]


class _How(NamedTuple):
    rows: Rows
    last: bool  # of a module in the last block


def rows_here() -> Rows | None:
    """Return the rows of what is run with a graph in this thread, where they are known."""
    return getattr(_local, "rows", None)


@contextmanager
def linear_by_rows(model: Adapter, rows: Rows, at_head: Rows) -> Iterator[None]:
    """Let *model*'s linear layers, run meanwhile in this thread, keep to *rows* going back, its head to *at_head*.

    In the last block gradients are looked at: but for keys and values, only the row explained has one.
    """
    mine, head = threading.get_ident(), model.hf.get_output_embeddings()
    stacks = stacks_of(model) or {}
    last = set(stacks["decoder" if "decoder" in stacks else ""][-1].modules()) if stacks else set()

    def hook(module: nn.Module, args: tuple[Any, ...], output: Any) -> torch.Tensor | None:
        here = at_head if module is head else rows
        if len(args) != 1 or threading.get_ident() != mine or not _fits(module, args[0], here):
            return None
        weight: Any = module.weight.t() if isinstance(module, Conv1D) else module.weight
        return _Linear.apply(args[0], output.detach(), weight, _How(here, module in last))  # type: ignore[no-any-return, no-untyped-call]

    handles = [m.register_forward_hook(hook) for m in model.hf.modules() if _is_plain(m)]
    _local.rows = rows
    try:
        yield
    finally:
        _local.rows = None
        for handle in handles:
            handle.remove()


def _is_plain(module: nn.Module) -> bool:
    changed = module._forward_hooks or "forward" in vars(module)  # noqa: SLF001
    return type(module) in (nn.Linear, Conv1D) and not changed


def _fits(module: Any, source: torch.Tensor, rows: Rows) -> bool:
    return (
        source.requires_grad and source.shape[:-1] == (1, rows.count) and module.weight.dtype == source.dtype
    )


class _Linear(torch.autograd.Function):
    """*output* going forward; products with *weight* ``[outputs, inputs]`` going back."""

    @staticmethod
    def forward(
        ctx: Any, _source: torch.Tensor, output: torch.Tensor, weight: torch.Tensor, how: _How
    ) -> torch.Tensor:
        ctx.save_for_backward(weight)
        ctx.mark_dirty(output)
        ctx.how = how
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        rest = (*ctx.saved_tensors, ctx.how)
        found = (
            _products(gradients[0][None], *rest)[0]
            if ctx.how.rows.alone
            else _Backward.apply(gradients[0], *rest)  # type: ignore[no-untyped-call]
        )
        return found, None, None, None


class _Backward(torch.autograd.Function):
    @staticmethod
    def forward(gradient: torch.Tensor, *saved: Any) -> torch.Tensor:
        return _products(gradient[None], *saved)[0]

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keep nothing: there is no second derivative."""

    @staticmethod
    def vmap(_info: Any, in_dims: tuple[int | None, ...], gradient: torch.Tensor, *saved: Any) -> Any:
        return _products(gradient.movedim(in_dims[0] or 0, 0), *saved), 0


def _products(gradients: torch.Tensor, weight: torch.Tensor, how: _How) -> torch.Tensor:
    """Return *gradients* ``[k, 1, n, outputs]`` times *weight*: ``[k, 1, n, inputs]``."""
    spans = how.rows.spans
    if spans is None or gradients.device.type != "cpu":
        return gradients @ weight
    if how.last:
        there = gradients.any(-1)
        if 2 * int(there.sum()) < there.numel():
            found = gradients.new_zeros(*gradients.shape[:-1], weight.shape[1])
            found[there] = gradients[there] @ weight
            return found
    found = gradients.new_empty(*gradients.shape[:-1], weight.shape[1])
    for span, gradient, products in zip(spans, gradients[:, 0], found[:, 0], strict=True):
        torch.mm(gradient[span.start : span.stop], weight, out=products[span.start : span.stop])
        for rest in (products[: span.start], products[span.stop :]):
            if len(rest):
                rest.zero_()
    return found
