"""GIM: input × gradient, with a backward pass modified against self-repair and saturation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrwidget.methods.method import Method, Passes
from attrwidget.methods.registry import register
from attrwidget.methods.shared.gradient import reduced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


def _compute(trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
    from attrwidget.engine.gradients.gim import modified_gradients
    from attrwidget.hf.attention_interface import observed_attention

    model = trace.model.hf
    graph = trace.new_graph(
        attention=observed_attention(model, "eager"), around=partial(modified_gradients, model)
    )
    return reduced(
        trace,
        graph.gradients(steps, target),
        lambda gradients, embeddings: (gradients * embeddings).sum(-1),
    )


GIM = register(
    Method(
        name="gim",
        title="GIM",
        description="input × modified gradient (GIM) of {target}, signed dot product",
        question="push",
        formula="e · ∂s/∂e, with norms' statistics fixed, softmax going back at temperature 2, and products shared out",
        cost="one backward pass per generated token",
        source="Edin et al. 2025 (arXiv:2505.17630)",
        compute=_compute,
        passes=Passes(once=1, each_step=1.2),
        signed=True,
        linear=True,
        target_function="logit",
        needs=("gradients", "interface"),
    )
)
