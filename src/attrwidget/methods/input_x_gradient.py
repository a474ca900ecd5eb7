"""Input × gradient: the first-order effect of an input's embedding on the score, signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.methods.method import Figures, Method, Passes, Progress
from attrwidget.methods.registry import register
from attrwidget.methods.shared.gradient import reduced_gradients
from attrwidget.methods.shared.gradients_together import rows_together

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


def _dot(trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
    """Sum the products of gradients and embeddings, and measure how far their terms cancel."""
    most: list[NDArray[np.float64]] = []

    def reduce(gradients: torch.Tensor, embeddings: torch.Tensor) -> torch.Tensor:
        dots = (gradients * embeddings).sum(-1)
        sizes = gradients.norm(dim=-1) * embeddings.norm(dim=-1)
        most.append((dots.abs().sum(-1) / sizes.sum(-1).clamp_min(1e-30)).double().cpu().numpy())
        return dots

    for chunk in reduced_gradients(trace, target, steps, reduce):
        if len(chunk) == 2 and not isinstance(chunk, Progress):
            yield chunk[0], chunk[1], Figures(kept=most.pop())


INPUT_X_GRADIENT = register(
    Method(
        name="input_x_gradient",
        title="Input × gradient",
        description="input × gradient of {target}, signed dot product",
        question="push",
        formula="e · ∂s/∂e",
        cost="one backward pass per generated token",
        source="Shrikumar et al. 2016 (arXiv:1605.01713)",
        compute=_dot,
        passes=Passes(once=1, each_step=0.7),
        signed=True,
        linear=True,
        together=rows_together,
        target_function="logit",
    )
)
