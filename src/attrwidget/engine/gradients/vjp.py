"""Going back through one graph for many steps at once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from attrwidget.engine.gradients.fast_cpu.attention import GRAPH_ATTENTION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


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
    with _unwarned():
        return torch.func.vmap(lambda one: torch.autograd.grad(output, leaves, one, retain_graph=True))(
            cotangents
        )


@contextmanager
def _unwarned() -> Iterator[None]:
    """Keep torch from saying that an operation is run step by step: of that nobody can make anything."""
    warn: Callable[[bool], None] = getattr(
        torch._C._functorch,  # noqa: SLF001
        "_set_vmap_fallback_warning_enabled",
        lambda _: None,
    )
    warn(False)  # noqa: FBT003
    try:
        yield
    finally:
        warn(True)  # noqa: FBT003
