"""Gradient × attention: rollout of attention weighted by the positive part of its gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.methods.method import Method, Passes
from attrwidget.methods.registry import register

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


def _compute(trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
    import torch

    for step, weights, gradients in trace.attention_gradients(steps, target):
        at, seen = trace.position(step), trace.seen(step)
        flow = torch.zeros(trace.n_inputs, dtype=torch.float32, device=weights[0].device)
        flow[at] = 1
        for weight, gradient in zip(reversed(weights), reversed(gradients), strict=True):
            raising = (weight.detach()[0].float() * gradient[0].float()).clamp_min(0).mean(0)
            # A model may add keys after those of the text, which are no tokens.
            flow = flow + flow @ raising[:, : trace.n_inputs].to(flow.device)
        row = flow.cpu().numpy().astype(np.float64)
        row[at] -= 1  # the identity, which would give the last token nearly everything
        row[seen:] = np.nan
        yield [step], row[None]


GRADIENT_X_ATTENTION = register(
    Method(
        name="gradient_x_attention",
        title="Gradient × attention",
        description="attention × gradient of {target}, rolled out through all layers",
        question="look",
        formula="row t of Π over layers of (I + mean over heads of (A ⊙ ∂s/∂A)⁺), without the I it starts from",
        cost="one backward pass per generated token, with all attention weights of all layers in memory",
        source="Chefer et al. 2021 (arXiv:2103.15679)",
        compute=_compute,
        passes=Passes(once=1, each_step=2),
        target_function="logit",
        needs=("gradients", "interface", "stack"),
    )
)
