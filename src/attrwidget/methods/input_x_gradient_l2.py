"""Input × gradient as a norm over dimensions, so that they do not cancel each other out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.methods.method import Method, Passes
from attrwidget.methods.registry import register
from attrwidget.methods.shared.gradient import reduced_gradients
from attrwidget.methods.shared.gradients_together import rows_together

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


def _reduce(gradients: torch.Tensor, embeddings: torch.Tensor) -> torch.Tensor:
    sizes: torch.Tensor = (gradients * embeddings).norm(dim=-1)
    return sizes


def _compute(trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
    return reduced_gradients(trace, target, steps, _reduce)


INPUT_X_GRADIENT_L2 = register(
    Method(
        name="input_x_gradient_l2",
        title="Input × gradient, L2",
        description="input × gradient of {target}, L2 norm",
        question="depend",
        formula="‖e ⊙ ∂s/∂e‖₂ over the embedding's dimensions",
        cost="one backward pass per generated token",
        source="Inseq's default aggregation of input_x_gradient; Ecco's gradient × input",
        compute=_compute,
        passes=Passes(once=1, each_step=0.7),
        reduce=_reduce,
        together=rows_together,
        distribution="gradient",
    )
)
