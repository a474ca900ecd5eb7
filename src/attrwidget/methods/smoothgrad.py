"""SmoothGrad: the gradient averaged over noisy copies of the input."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.method import Method, Passes, Progress
from attrwidget.methods.registry import register
from attrwidget.methods.shared.checks import check_count, check_noise
from attrwidget.methods.shared.embeddings import spreads
from attrwidget.methods.shared.several_inputs import groups_of, rows_at_inputs_together, rows_of, summed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target
    from attrwidget.methods.shared.several_inputs import Work


def _compute(
    trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection, **options: Any
) -> Rows:
    return rows_of(trace, target, _start(trace, target, steps, **options))


def _start(
    trace: Trace, _target: Target, steps: Sequence[int], *, samples: int, noise: float, seed: int
) -> Work:
    check_count("samples", samples)
    check_noise(noise, most=100)
    deviation = noise * np.concatenate([np.full(n, spread.deviation) for n, spread in spreads(trace)])
    groups = groups_of(steps)
    for index, group in enumerate(groups):
        copies = [(1 / samples, _noisy(deviation, [seed, sample])) for sample in range(samples)]
        done = Progress(index * samples, len(groups) * samples)
        means = yield from summed(trace, group, copies, lambda gradients: gradients, done=done)
        rows = np.full((len(group), trace.n_inputs), np.nan)
        for row, step in zip(rows, group, strict=True):
            row[: trace.seen(step)] = np.linalg.norm(means[step], axis=-1)
        if index == len(groups) - 1:
            yield Progress(len(groups) * samples, len(groups) * samples)
        yield group, rows


def _noisy(deviation: NDArray[np.float64], seed: list[int]) -> Callable[[int, torch.Tensor], torch.Tensor]:
    def replace_embeddings(first: int, embeddings: torch.Tensor) -> torch.Tensor:
        # A token's noise goes by its position alone, so that what comes later changes nothing before it.
        draws = [
            deviation[first + i]
            * np.random.default_rng([*seed, first + i]).standard_normal(embeddings.shape[-1])
            for i in range(embeddings.shape[1])
        ]
        return embeddings + embeddings.new_tensor(np.stack(draws))

    return replace_embeddings


SMOOTHGRAD = register(
    Method(
        name="smoothgrad",
        title="SmoothGrad",
        description="saliency of {target} averaged over noisy inputs, L2 norm",
        question="depend",
        formula="‖mean over i of ∂s/∂e at e + εᵢ‖₂, ε normal, of half the embeddings' standard deviation",
        cost="for each noisy copy (8), a forward pass and one backward pass per generated token",
        source="Smilkov et al. 2017 (arXiv:1706.03825)",
        compute=_compute,
        passes=Passes(once=8, each_step=5.6),
        distribution="gradient",
        together=partial(rows_at_inputs_together, start=_start),
        options={"samples": 8, "noise": 0.5, "seed": 0},
    )
)
