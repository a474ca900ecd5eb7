"""Captum's gradient methods, applied to input embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.external.callback import rows_step_by_step, run_with_callback
from attrwidget.methods.external.importing import library
from attrwidget.methods.external.seeds import seeded
from attrwidget.methods.method import Figures, Method
from attrwidget.methods.registry import register
from attrwidget.methods.shared.checks import check_count, check_noise, check_seed
from attrwidget.methods.shared.embeddings import baseline_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    import torch

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.external.callback import Ask, Explained
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target

    Attribute = Callable[[Callable[[torch.Tensor], torch.Tensor], torch.Tensor, torch.Tensor], torch.Tensor]


def _integrated(
    trace: Trace,
    target: Target,
    steps: Sequence[int],
    _selection: HeadSelection,
    *,
    baseline: Any,
    points: int,
) -> Rows:
    captum = library("captum", "attr")
    check_count("points", points)

    def attribute(function: Any, whole: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
        values: torch.Tensor = captum.IntegratedGradients(function).attribute(
            whole, baselines=start, n_steps=int(points), internal_batch_size=1
        )
        return values

    return _over_embeddings(trace, target, steps, attribute, baseline=baseline, most=int(points))


def _gradient_shap(
    trace: Trace,
    target: Target,
    steps: Sequence[int],
    _selection: HeadSelection,
    *,
    baseline: Any,
    samples: int,
    noise: float,
    seed: int,
) -> Rows:
    captum = library("captum", "attr")
    check_count("samples", samples)
    check_seed(seed)
    check_noise(noise)

    def attribute(function: Any, whole: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
        with seeded(seed):
            values: torch.Tensor = captum.GradientShap(function).attribute(
                whole, baselines=start, n_samples=int(samples), stdevs=float(noise)
            )
        return values

    return _over_embeddings(trace, target, steps, attribute, baseline=baseline, most=int(samples))


def _over_embeddings(
    trace: Trace, target: Target, steps: Sequence[int], attribute: Attribute, *, baseline: Any, most: int
) -> Rows:
    """Yield what *attribute* returns for each step, summed over dimensions; it evaluates *most* points."""
    whole, start = trace.embeddings(), baseline_of(trace, baseline)

    def explain(step: int) -> Generator[int, None, Explained]:
        def work(ask: Ask) -> torch.Tensor:
            return attribute(_differentiable(ask), whole[None], start[None])[0].sum(-1)

        found = yield from run_with_callback(
            work, lambda point: _with_gradient(trace, target, step, point[0])
        )
        row = found.detach().double().cpu().numpy()
        row[trace.seen(step) :] = np.nan
        base, score = (
            trace.new_graph(replace_embeddings=_fixed(at)).scores([step], target).numpy()
            for at in (start, whole)
        )
        return row, Figures.adding_up(row[None], base, score)

    return rows_step_by_step(steps, explain, [most] * len(steps))


def _differentiable(ask: Ask) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return a differentiable function of embeddings ``[b, inputs, d]`` to scores ``[b]`` from *ask*."""
    import torch

    class Score(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, points: torch.Tensor) -> torch.Tensor:
            scores, gradients = zip(*(ask(points[i : i + 1]) for i in range(len(points))), strict=True)
            context.save_for_backward(torch.stack(gradients))
            return torch.stack(scores)

        @staticmethod
        def backward(context: Any, *upstream: torch.Tensor) -> torch.Tensor:
            (gradients,) = context.saved_tensors
            return upstream[0].to(gradients)[:, None, None] * gradients  # type: ignore[no-any-return]

    return Score.apply


def _with_gradient(
    trace: Trace, target: Target, step: int, point: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the score of *step* at the embeddings *point* ``[inputs, d]``, and its gradient there."""
    import torch

    graph = trace.new_graph(replace_embeddings=_fixed(point.detach()))
    _, gradients, scales, _ = next(iter(graph.gradients([step], target)))
    padded = torch.zeros_like(point)
    padded[: gradients.shape[1]] = gradients[0] * scales[0].to(gradients)
    return graph.scores([step], target)[0].to(point), padded


def _fixed(point: torch.Tensor) -> Callable[[int, torch.Tensor], torch.Tensor]:
    return lambda first, embeddings: point[first : first + embeddings.shape[1]][None]


register(
    Method(
        name="captum:integrated_gradients",
        title="Captum: integrated gradients",
        description="integrated gradients of {target}, by Captum, signed",
        question="push",
        formula="(e − b) · ∫₀¹ ∂s/∂e at b + α (e − b) dα; sums to s(e) − s(b)",
        cost="for each generated token and point of the way (50), a forward and a backward pass",
        source="Captum's IntegratedGradients",
        compute=_integrated,
        distribution="change",
        signed=True,
        target_function="logit",
        options={"baseline": "mean", "points": 50},
        package="captum",
    )
)
register(
    Method(
        name="captum:gradient_shap",
        title="Captum: gradient SHAP",
        description="gradient SHAP of {target}, by Captum, signed",
        question="push",
        formula="mean over random points between b and e + noise of (e − b) · ∂s/∂e there",
        cost="for each generated token and sample (20), a forward and a backward pass",
        source="Captum's GradientShap",
        compute=_gradient_shap,
        distribution="change",
        signed=True,
        target_function="logit",
        options={"baseline": "mean", "samples": 20, "noise": 0.0, "seed": 0},
        package="captum",
    )
)
