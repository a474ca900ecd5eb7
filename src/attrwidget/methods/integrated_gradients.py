"""Integrated gradients: gradients integrated along the straight line from a baseline to the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.method import Figures, Method, Progress
from attrwidget.methods.registry import register
from attrwidget.methods.shared.checks import check_count
from attrwidget.methods.shared.embeddings import baseline_of
from attrwidget.methods.shared.replacement import replacement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import torch

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target

GROUP = 48  # steps that share the graphs of all points


def _compute(
    trace: Trace,
    target: Target,
    steps: Sequence[int],
    _selection: HeadSelection,
    *,
    baseline: Any,
    points: int,
) -> Rows:
    check_count("points", points)
    whole = trace.embeddings()
    start = baseline_of(trace, baseline)
    way = whole - start
    nodes, weights = np.polynomial.legendre.leggauss(int(points))
    groups = [sorted(steps)[i : i + GROUP] for i in range(0, len(steps), GROUP)]
    for index, group in enumerate(groups):
        sums = {step: np.zeros(trace.n_inputs) for step in group}
        for point, (node, weight) in enumerate(zip(nodes, weights, strict=True)):
            yield Progress(index * int(points) + point, len(groups) * int(points))
            graph = trace.new_graph(replace_embeddings=_between(start, way, (1 + float(node)) / 2))
            for chunk, gradients, scales, _ in graph.gradients(group, target):
                products = (gradients.float() * way[: gradients.shape[1]].float()).sum(-1) * scales[:, None]
                for step, product in zip(chunk, products.cpu().numpy(), strict=True):
                    sums[step][: len(product)] += weight / 2 * product
        base = trace.new_graph(replace_embeddings=_between(start, way, 0.0)).scores(group, target).numpy()
        score = trace.graph().scores(group, target).numpy()
        rows = np.stack([_seen(sums[step], trace.seen(step)) for step in group])
        if index == len(groups) - 1:
            yield Progress(len(groups) * int(points), len(groups) * int(points))
        yield group, rows, Figures.adding_up(rows, base, score)


def _between(
    start: torch.Tensor, way: torch.Tensor, share: float
) -> Callable[[int, torch.Tensor], torch.Tensor]:
    def replace_embeddings(first: int, embeddings: torch.Tensor) -> torch.Tensor:
        part = slice(first, first + embeddings.shape[1])
        return (start[part] + share * way[part])[None]

    return replace_embeddings


def _seen(row: np.ndarray[Any, Any], count: int) -> np.ndarray[Any, Any]:
    row[count:] = np.nan
    return row


def _note(trace: Trace, options: Mapping[str, Any]) -> str | None:
    baseline = options["baseline"]
    if isinstance(baseline, str) and baseline in ("pad", "mask", "unknown"):
        return f"baseline {replacement(trace, baseline)[1]};"
    return None


INTEGRATED_GRADIENTS = register(
    Method(
        name="integrated_gradients",
        title="Integrated gradients",
        description="integrated gradients of {target} from the mean embedding, signed",
        formula="(e − b) · ∫₀¹ ∂s/∂e at b + α (e − b) dα, by Gauss–Legendre; sums to s(e) − s(b)",
        cost="for each point of the way (20), a forward pass and one backward pass per generated token",
        source="Sundararajan et al. 2017 (arXiv:1703.01365)",
        compute=_compute,
        distribution="change",
        signed=True,
        target_function="logit",
        options={"baseline": "mean", "points": 20},
        note=_note,
    )
)
