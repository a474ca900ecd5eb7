"""Attention with a backward of its own: a few matrix products and one pass over the weights, for many steps at once.

The graph of attention written out is passed through in eight operations, of which batching runs some step by step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.gradients.fast_cpu.linear import first_batched, rows_here
from attrwidget.hf.attention_interface import notify_observer
from attrwidget.hf.internals.attention import eager_attention, register_attention

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrwidget.engine.gradients.fast_cpu.linear import Rows

    Slopes = tuple[torch.Tensor, torch.Tensor, torch.Tensor]

GRAPH_ATTENTION = "attrwidget_graph"
_PRECISE = (torch.float32, torch.float64)
_HARMLESS = {
    "scaling",
    "dropout",
    "sliding_window",
    "s_aux",
    "position_bias",
    "position_ids",
    "cache_position",
}


def graph_attention() -> str:
    """Return the name of the attention implementation, for ``borrowed``: the model's plain attention and our backward.

    It stands for ``softmax(scaling · query · keyᵀ + what depends on neither) · value``, and leaves to the model's own
    graph what may be something else: an option that is not known to be harmless (a soft cap), a mask or bias with a
    gradient of its own, and low precision. ``set_observer``'s function is told of each call.
    """
    return GRAPH_ATTENTION if register_attention(GRAPH_ATTENTION, _attention, mask="eager") else "eager"


def _attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **options: Any,
) -> tuple[torch.Tensor, torch.Tensor | None]:
    notify_observer(module, query, key, value, attention_mask, options)
    eager = eager_attention(module)
    if eager is None:
        raise RuntimeError(f"{type(module).__name__} has no plain attention")

    def run(*tensors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        return eager(module, *tensors, attention_mask, **options)

    strange = [k for k, v in options.items() if k not in _HARMLESS and not isinstance(v, bool | None)]
    beside = any(isinstance(x, torch.Tensor) and x.requires_grad for x in (attention_mask, *options.values()))
    one = query.shape[0] == 1 and query.dtype in _PRECISE and torch.is_grad_enabled()
    if strange or beside or not one:
        return run(query, key, value)
    scaling = options.get("scaling")
    scaling = query.shape[-1] ** -0.5 if scaling is None else float(scaling)
    return _Attention.apply(query, key, value, run, scaling)  # type: ignore[no-untyped-call, no-any-return]


class _Attention(torch.autograd.Function):
    @staticmethod
    def forward(  # noqa: PLR0917 - autograd calls it by position
        ctx: Any,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        run: Callable[..., tuple[torch.Tensor, torch.Tensor]],
        scaling: float,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        output, weights = run(query, key, value)
        if weights is None:
            raise RuntimeError("this attention returns no weights")
        ctx.save_for_backward(query, key, value, weights, output)
        ctx.scaling, ctx.rows = scaling, rows_here()
        ctx.mark_non_differentiable(weights)
        return output, weights

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        rest = (*ctx.saved_tensors, ctx.scaling, ctx.rows)
        if ctx.rows is not None and not ctx.rows.batched:
            return (*(slopes[0] for slopes in _slopes(gradients[0][None], *rest)), None, None)
        return (*_Backward.apply(gradients[0], *rest), None, None)  # type: ignore[no-untyped-call]


class _Backward(torch.autograd.Function):
    @staticmethod
    def forward(gradient: torch.Tensor, *saved: Any) -> Slopes:
        query, key, value = _slopes(gradient[None], *saved)
        return query[0], key[0], value[0]

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keep nothing: there is no second derivative."""

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], gradient: torch.Tensor, *saved: Any) -> Any:
        return _slopes(first_batched(info, in_dims[0], gradient), *saved), (0, 0, 0)


def _slopes(  # noqa: PLR0917 - what a graph has saved, in order
    gradients: torch.Tensor,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    weights: torch.Tensor,
    output: torch.Tensor,
    scaling: float,
    rows: Rows | None,
) -> Slopes:
    """Return the gradients at *query*, *key* and *value*, each with k in front.

    *gradients* are ``[k, 1, n, heads, d]``, at *output* ``[1, n, heads, d]``; *query* is ``[1, heads, n, d]``, *key*
    and *value* ``[1, groups, m, d]``, *weights* ``[1, heads, n, m]``.
    """
    (heads, n), (groups, m) = query.shape[1:3], key.shape[1:3]
    p, q = weights[0], query[0]
    keys, values = (
        x[0] if groups == heads else x[0].repeat_interleave(heads // groups, 0) for x in (key, value)
    )
    scaled = p * scaling
    at_query, at_key, at_value = (_room(len(gradients), x, heads) for x in (query, key, value))
    for k, gradient in enumerate(gradients[:, 0]):  # one by one, what lies between fits a processor's cache
        end = n if rows is None or rows.count != n else rows.of(k).stop
        # Later rows have no gradient, and earlier ones do not see later keys, where the keys are the text's alone.
        seen = end if rows is not None and rows.causal and m == n else m
        here, keep_mask = (x[:end].transpose(0, 1) for x in (gradient, output[0]))
        # Σ_j p_j ∂p_j is the gradient's product with the output, so the weights are passed over once.
        mean = (here * keep_mask).sum(-1, keepdim=True)
        at_scores = torch.baddbmm(mean, here, values[:, :seen].transpose(1, 2), beta=-1)
        at_scores *= scaled[:, :end, :seen]
        torch.bmm(at_scores, keys[:, :seen], out=at_query[k, 0, :, :end])
        torch.bmm(at_scores.transpose(1, 2), q[:, :end], out=at_key[k, 0, :, :seen])
        torch.bmm(p[:, :end, :seen].transpose(1, 2), here, out=at_value[k, 0, :, :seen])
        if end < n:
            for slopes, stop in ((at_query, end), (at_key, seen), (at_value, seen)):
                slopes[k, 0, :, stop:] = 0
    return at_query, _grouped(at_key, groups), _grouped(at_value, groups)


def _room(count: int, states: torch.Tensor, heads: int) -> torch.Tensor:
    """Return room ``[count, 1, heads, n, d]`` for gradients at *states* ``[1, …, n, d]``, in the order of what is next.

    Before they were split into heads, *states* were ``[1, n, heads · d]``.
    """
    n, d = states.shape[2:]
    return states.new_empty(count, 1, n, heads, d).transpose(2, 3)


def _grouped(slopes: torch.Tensor, groups: int) -> torch.Tensor:
    """Sum *slopes* ``[k, b, heads, m, d]`` over the heads that share a key: ``[k, b, groups, m, d]``."""
    return slopes if slopes.shape[2] == groups else slopes.unflatten(2, (groups, -1)).sum(3)
