"""Input × gradient: the first-order effect of an input's embedding on the score, signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.methods.method import Method
from attrwidget.methods.registry import register
from attrwidget.methods.shared.gradient import reduced_gradients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


def _dot(trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
    return reduced_gradients(
        trace, target, steps, lambda gradients, embeddings: (gradients * embeddings).sum(-1)
    )


INPUT_X_GRADIENT = register(
    Method(
        name="input_x_gradient",
        title="Input × gradient",
        description="input × gradient of {target}, signed dot product",
        formula="e · ∂s/∂e",
        cost="one backward pass per generated token",
        source="Shrikumar et al. 2016 (arXiv:1605.01713)",
        compute=_dot,
        signed=True,
        target_function="logit",
    )
)
