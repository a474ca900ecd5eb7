"""GIM: input × gradient, with a backward pass modified against self-repair and saturation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from attrwidget.methods.method import Method, Passes
from attrwidget.methods.registry import register
from attrwidget.methods.shared.gradient import reduced
from attrwidget.methods.shared.gradients_together import rows_together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


def _compute(trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
    return reduced(
        trace,
        trace.new_graph(**_run_as(trace)).gradients(steps, target),
        lambda gradients, embeddings: (gradients * embeddings).sum(-1),
    )


def _run_as(trace: Trace) -> dict[str, Any]:
    """Return the options with which a model is run for modified gradients."""
    from attrwidget.engine.gradients.gim import modified_gradients
    from attrwidget.hf.attention_interface import observed_attention

    model = trace.model.hf
    return {"attention": observed_attention(model, "eager"), "around": partial(modified_gradients, model)}


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
        together=partial(rows_together, run_as=_run_as),
        target_function="logit",
        needs=("gradients", "interface"),
    )
)
