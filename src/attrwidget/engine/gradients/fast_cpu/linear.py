"""Linear layers that are gone back through by the rows that count: a step's gradient is zero at what comes after it."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import nn

from attrwidget.hf.internals.modules import has_forward_hooks, transposed_linear
from attrwidget.hf.layers import stacks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.hf.adapter import Adapter

_local = threading.local()


class Rows:
    """Where each of a batch's gradients ``[count, d]`` may be other than zero: ``spans[k]``; None: anywhere.

    *batched*: there is a batch of them. *causal*: no row attends to what comes after it.
    """

    def __init__(self, count: int, *, causal: bool = True) -> None:
        self.count, self.causal = count, causal
        self.keep_to(None)

    def keep_to(self, spans: Sequence[range] | None, *, batched: bool = True) -> None:
        """Let the next backward pass keep to *spans*."""
        self.spans, self.batched = spans, batched

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

    What they are run on must be the text's tokens where it is as long as *rows* say, so nothing but the body that reads
    it may be run. In the last block gradients are looked at: but for keys and values, only the row explained has one.
    """
    mine, head = threading.get_ident(), model.hf.get_output_embeddings()
    stacks = stacks_of(model) or {}
    last = set(stacks["decoder" if "decoder" in stacks else ""][-1].modules()) if stacks else set()

    def hook(module: Any, args: tuple[Any, ...], output: Any) -> torch.Tensor | None:
        here = at_head if module is head else rows
        if len(args) != 1 or threading.get_ident() != mine or not _fits(module, args[0], here):
            return None
        weight: Any = module.weight.t() if type(module) in transposed_linear() else module.weight
        return _Linear.apply(args[0], output.detach(), weight, _How(here, module in last))  # type: ignore[no-any-return, no-untyped-call]

    with ExitStack() as stack:
        for module in filter(_is_plain, model.hf.modules()):
            stack.callback(module.register_forward_hook(hook).remove)
        stack.callback(setattr, _local, "rows", None)
        _local.rows = rows
        yield


def _is_plain(module: nn.Module) -> bool:
    changed = has_forward_hooks(module) or "forward" in vars(module)
    return type(module) in (nn.Linear, *transposed_linear()) and not changed


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
        ctx.mark_dirty(output)  # so that it can be returned without a copy
        ctx.how = how
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        rest = (*ctx.saved_tensors, ctx.how)
        if ctx.how.rows.batched:
            return _Backward.apply(gradients[0], *rest), None, None, None  # type: ignore[no-untyped-call]
        return _products(gradients[0][None], *rest)[0], None, None, None


class _Backward(torch.autograd.Function):
    @staticmethod
    def forward(gradient: torch.Tensor, *saved: Any) -> torch.Tensor:
        return _products(gradient[None], *saved)[0]

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keep nothing: there is no second derivative."""

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], gradient: torch.Tensor, *saved: Any) -> Any:
        return _products(first_batched(info, in_dims[0], gradient), *saved), 0


def first_batched(info: Any, dim: int | None, gradient: torch.Tensor) -> torch.Tensor:
    """Return *gradient* with its batch, at *dim* or None where all of a batch have the same, in front."""
    return gradient.expand(info.batch_size, *gradient.shape) if dim is None else gradient.movedim(dim, 0)


def _products(gradients: torch.Tensor, weight: torch.Tensor, how: _How) -> torch.Tensor:
    """Return *gradients* ``[k, 1, n, outputs]`` times *weight*: ``[k, 1, n, inputs]``."""
    spans = how.rows.spans
    if spans is None or gradients.device.type != "cpu":
        return gradients @ weight
    if how.last:
        keep_mask = gradients.any(-1)
        if 2 * int(keep_mask.sum()) < keep_mask.numel():
            found = gradients.new_zeros(*gradients.shape[:-1], weight.shape[1])
            found[keep_mask] = gradients[keep_mask] @ weight
            return found
    found = gradients.new_empty(*gradients.shape[:-1], weight.shape[1])
    for span, gradient, products in zip(spans, gradients[:, 0], found[:, 0], strict=True):
        torch.mm(gradient[span.start : span.stop], weight, out=products[span.start : span.stop])
        for rest in (products[: span.start], products[span.stop :]):
            if len(rest):
                rest.zero_()
    return found
