"""Run the backward pass of one graph for many steps in one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from attrwidget.engine.gradients.fast_cpu.attention import GRAPH_ATTENTION
from attrwidget.hf.internals.modules import no_vmap_warning

if TYPE_CHECKING:
    from collections.abc import Sequence


def backward(
    output: torch.Tensor, leaves: Sequence[torch.Tensor], cotangents: torch.Tensor, attention: str | None
) -> tuple[torch.Tensor, ...]:
    """Return the vector-Jacobian products of *output* at *leaves*, batched over *cotangents*.

    Args:
        output: The end of the graph.
        leaves: Tensors to differentiate by.
        cotangents: ``[k, *output.shape]``.
        attention: The attention implementation that the graph was made with.

    Returns:
        For each leaf, the gradients ``[k, *leaf.shape]``.
    """
    if len(cotangents) == 1:
        found = torch.autograd.grad(output, leaves, cotangents[0], retain_graph=True)
        return tuple(gradient[None] for gradient in found)
    if attention != GRAPH_ATTENTION:
        return torch.autograd.grad(output, leaves, cotangents, retain_graph=True, is_grads_batched=True)
    # Our attention's backward has a vmap rule, which is_grads_batched does not use. Other models need is_grads_batched:
    # functions of quantised weights that run again in the backward pass work under nothing else.
    with no_vmap_warning():
        return torch.func.vmap(lambda one: torch.autograd.grad(output, leaves, one, retain_graph=True))(
            cotangents
        )
