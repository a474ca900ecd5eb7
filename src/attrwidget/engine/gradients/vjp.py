"""Going back through one graph for many steps at once."""

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
    """Return the gradients at *leaves* of *output*'s products with *cotangents* ``[k, …]``, each with k in front.

    *attention* is the implementation that the graph was made with.
    """
    if len(cotangents) == 1:
        found = torch.autograd.grad(output, leaves, cotangents[0], retain_graph=True)
        return tuple(gradient[None] for gradient in found)
    if attention != GRAPH_ATTENTION:
        return torch.autograd.grad(output, leaves, cotangents, retain_graph=True, is_grads_batched=True)
    # is_grads_batched would not tell our attention's backward that it is batched, and functions of others (of
    # quantised weights, run again in the backward pass) work under nothing else.
    with no_vmap_warning():
        return torch.func.vmap(lambda one: torch.autograd.grad(output, leaves, one, retain_graph=True))(
            cotangents
        )
