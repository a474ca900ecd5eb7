"""Captum's perturbation methods, with units masked from attention."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.methods.external.callback import rows_step_by_step, run_with_callback
from attrwidget.methods.external.importing import library
from attrwidget.methods.external.seeds import seeded
from attrwidget.methods.method import Figures, Method
from attrwidget.methods.registry import register
from attrwidget.methods.shared.checks import check_count, check_seed
from attrwidget.methods.shared.masked_coalitions import MaskedCoalitions
from attrwidget.methods.shared.notes import note_on_coalitions

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import torch

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.external.callback import Ask, Explained
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target

_BATCH = 32


class _Masked(NamedTuple):
    """A class of Captum; it runs one pass for each sample, and if *per_unit* for each unit and sample."""

    kind: str
    title: str
    formula: str
    cost: str
    samples: int | None
    per_unit: bool
    adds_up: bool


_MASKED = {
    "feature_ablation": _Masked(
        "FeatureAblation",
        "feature ablation",
        "s(x) − s(x with unit j masked)",
        "one forward pass per unit and generated token",
        samples=None,
        per_unit=True,
        adds_up=False,
    ),
    "shapley_value_sampling": _Masked(
        "ShapleyValueSampling",
        "Shapley value sampling",
        "mean over random orders of s with unit j added to those before it, less s without; sums to s(x) − s(none)",
        "for each order (25), one forward pass per unit and generated token",
        samples=25,
        per_unit=True,
        adds_up=True,
    ),
    "kernel_shap": _Masked(
        "KernelShap",
        "Kernel SHAP",
        "Shapley values as weights of a linear model of s over random masks; sums to s(x) − s(none)",
        "for each generated token, one forward pass per mask (200)",
        samples=200,
        per_unit=False,
        adds_up=True,
    ),
    "lime": _Masked(
        "Lime",
        "LIME",
        "weights of LASSO for s over random masks, by nearness to the text",
        "for each generated token, one forward pass per mask (200)",
        samples=200,
        per_unit=False,
        adds_up=False,
    ),
}


def _over_masks(
    name: str,
    trace: Trace,
    target: Target,
    steps: Sequence[int],
    _selection: HeadSelection,
    *,
    units: Any,
    samples: int | None = None,
    seed: int = 0,
) -> Rows:
    import torch

    captum, masked = library("captum", "attr"), _MASKED[name]
    if samples is not None:
        check_count("samples", samples)
    check_seed(seed)
    coalitions = MaskedCoalitions(trace, units)
    options = {} if samples is None else {"n_samples": int(samples)}

    def explain(step: int) -> Generator[int, None, Explained]:
        def score(masks: torch.Tensor) -> torch.Tensor:
            return torch.from_numpy(coalitions.score_step(step, masks.detach().cpu().numpy() > 0.5, target))

        def work(ask: Ask) -> torch.Tensor:
            text = torch.ones(1, count, dtype=torch.float64)
            with seeded(seed):
                values: torch.Tensor = getattr(captum, masked.kind)(ask).attribute(
                    text, baselines=0.0, perturbations_per_eval=_BATCH, **options
                )
            return values[0]

        count = coalitions.count(step)
        values = np.zeros(count)
        if count:
            found = yield from run_with_callback(work, score)
            values = found.detach().double().cpu().numpy()
        row = coalitions.row(step, values)
        if not masked.adds_up:
            return row, Figures()
        return row, Figures.adding_up(row[None], *coalitions.score_none_and_all(step, target)[:, None])

    most = [(samples or 1) * (coalitions.count(s) if masked.per_unit else 1) for s in steps]
    return rows_step_by_step(steps, explain, most)


for _name, _masked in _MASKED.items():
    register(
        Method(
            name=f"captum:{_name}",
            title=f"Captum: {_masked.title}",
            description=f"{_masked.title} of {{target}}, by Captum, inputs masked from attention",
            question="need",
            formula=_masked.formula,
            cost=_masked.cost,
            source=f"Captum's {_masked.kind}",
            compute=partial(_over_masks, _name),
            distribution="change",
            signed=True,
            target_function="log_odds",
            needs=("masking",),
            options={"units": "token"}
            | ({"samples": _masked.samples, "seed": 0} if _masked.samples is not None else {}),
            package="captum",
            note=note_on_coalitions,
        )
    )
