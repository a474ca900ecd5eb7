"""Gradient × attention: rollout of the attention that raises the score, by its gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from attrwidget.methods.registry import Method, register

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch

    from attrwidget.methods.registry import HeadSelection, Rows
    from attrwidget.methods.targets import Target
    from attrwidget.trace import Trace
    from attrwidget.trace.causal import CausalTrace


def _compute(trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
    import torch

    from attrwidget.models.borrow import lock_of

    with lock_of(trace.model.hf), torch.inference_mode(False), torch.enable_grad():  # noqa: FBT003
        hidden, seeds, weights = _graph(trace, target)
    for step in steps:
        at = trace.position(step)
        cotangent = torch.zeros_like(hidden)
        cotangent[0, step - trace.n_steps] = seeds[0, step - trace.n_steps]
        with lock_of(trace.model.hf), torch.inference_mode(False):  # noqa: FBT003
            slopes = torch.autograd.grad(hidden, weights, cotangent, retain_graph=True)
        flow = hidden.new_zeros(trace.n_inputs, dtype=torch.float32)
        flow[at] = 1
        for weight, slope in zip(reversed(weights), reversed(slopes), strict=True):
            raising = (weight.detach()[0].float() * slope[0].float()).clamp_min(0).mean(0)
            flow = flow + flow @ raising
        row = flow.cpu().numpy().astype(np.float64)
        row[at] -= 1  # the identity, by which the last token would be all there is
        row[at + 1 :] = np.nan
        yield [step], row[None]


def _graph(trace: Trace, target: Target) -> tuple[torch.Tensor, torch.Tensor, list[torch.Tensor]]:
    """Run the text once with a graph; return the unembedding's input, the scores' gradients there, and all weights."""
    import torch

    from attrwidget.models.interface import observe, replaced
    from attrwidget.trace.forward import run_segment

    weights: list[torch.Tensor] = []

    def keep(run: Callable[..., Any], *args: Any) -> tuple[torch.Tensor, torch.Tensor | None]:
        *tensors, options = args
        output, weight = run(*tensors, **options)
        weights.append(weight)
        return output, weight

    ids = cast("CausalTrace", trace).input_ids  # by what the method needs
    with replaced(keep):
        segment = run_segment(trace.model.hf, ids, trace.n_steps, attention=observe(trace.model.hf, "eager"))
    logits = segment.logits.detach().double().requires_grad_(True)  # noqa: FBT003
    (slopes,) = torch.autograd.grad(target(logits, range(trace.n_steps)).sum(), logits)
    (seeds,) = torch.autograd.grad(segment.logits, segment.head_input, slopes.to(segment.logits))
    return segment.hidden, seeds, weights


GRADIENT_X_ATTENTION = register(
    Method(
        name="gradient_x_attention",
        title="Gradient × attention",
        says="attention × gradient of {target}, rolled out through all layers",
        formula="row t of Π over layers of (I + mean over heads of (A ⊙ ∂s/∂A)⁺), without the I it starts from",
        cost="one backward pass per generated token, with all attention weights of all layers in memory",
        source="Chefer et al. 2021 (arXiv:2103.15679)",
        compute=_compute,
        target_function="logit",
        needs=("gradients", "interface", "stack"),
    )
)
