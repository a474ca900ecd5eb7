"""Saliency: how steep the score is at each input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.methods.gradient import reduced_gradients
from attrwidget.methods.registry import Method, register

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.methods.registry import HeadSelection, Rows
    from attrwidget.methods.targets import Target
    from attrwidget.trace import Trace


def _compute(trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
    return reduced_gradients(trace, target, steps, lambda gradients, _embeddings: gradients.norm(dim=-1))


SALIENCY = register(
    Method(
        name="saliency",
        title="Saliency",
        says="saliency of {target}, L2 norm",
        formula="‖∂s/∂e‖₂ over the embedding's dimensions",
        cost="one backward pass per generated token",
        source="Simonyan et al. 2013 (arXiv:1312.6034); L2 over dimensions as Inseq's default",
        compute=_compute,
    )
)
