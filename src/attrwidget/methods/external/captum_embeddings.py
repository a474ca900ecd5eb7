"""Captum's gradient methods, over input embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.external.asking import counted
from attrwidget.methods.external.importing import library
from attrwidget.methods.external.seeds import seeded
from attrwidget.methods.integrated_gradients import check_count
from attrwidget.methods.registry import Figures, Method, Progress, register
from attrwidget.methods.shared.embeddings import baseline_of
from attrwidget.methods.span_regression import check_seed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.registry import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target

    Ask = Callable[[Any], Any]
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
    if isinstance(noise, bool) or not isinstance(noise, int | float) or noise < 0:
        raise AttrWidgetError(f"noise is a number from 0, not {noise!r}.")

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
    """Yield the sum over dimensions of what *attribute* gives for each step, at *most* so many points asked for."""
    whole, start = trace.embeddings(), baseline_of(trace, baseline)
    total = len(steps) * most
    for index, step in enumerate(steps):

        def slope(point: torch.Tensor, step: int = step) -> tuple[torch.Tensor, torch.Tensor]:
            return _slope(trace, target, step, point[0])

        def work(ask: Ask) -> torch.Tensor:
            return attribute(_differentiable(ask), whole[None], start[None])[0].sum(-1)

        found = yield from counted(work, slope, index * most, most, total)
        row = found.detach().double().cpu().numpy()
        row[trace.seen(step) :] = np.nan
        base, score = (
            trace.new_graph(replace_embeddings=_placed(at)).scores([step], target).numpy()
            for at in (start, whole)
        )
        if index == len(steps) - 1:
            yield Progress(total, total)
        yield [step], row[None], Figures.adding_up(row[None], base, score)


def _differentiable(ask: Ask) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return a function of embeddings ``[b, inputs, d]`` to scores ``[b]`` whose slopes are asked for too."""
    import torch

    class Score(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, points: torch.Tensor) -> torch.Tensor:
            scores, slopes = zip(*(ask(points[i : i + 1]) for i in range(len(points))), strict=True)
            context.save_for_backward(torch.stack(slopes))
            return torch.stack(scores)

        @staticmethod
        def backward(context: Any, *upstream: torch.Tensor) -> torch.Tensor:
            (slopes,) = context.saved_tensors
            return upstream[0].to(slopes)[:, None, None] * slopes  # type: ignore[no-any-return]

    return Score.apply


def _slope(trace: Trace, target: Target, step: int, point: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the score of *step* at the embeddings *point* ``[inputs, d]``, and its gradient there."""
    import torch

    graph = trace.new_graph(replace_embeddings=_placed(point.detach()))
    _, gradients, scales, _ = next(iter(graph.gradients([step], target)))
    slope = torch.zeros_like(point)
    slope[: gradients.shape[1]] = gradients[0] * scales[0].to(gradients)
    return graph.scores([step], target)[0].to(point), slope


def _placed(point: torch.Tensor) -> Callable[[int, torch.Tensor], torch.Tensor]:
    return lambda first, embeddings: point[first : first + embeddings.shape[1]][None]


register(
    Method(
        name="captum:integrated_gradients",
        title="Captum: integrated gradients",
        description="integrated gradients of {target}, by Captum, signed",
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
