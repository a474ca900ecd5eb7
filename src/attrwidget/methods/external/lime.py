"""LIME: weights of a linear model of the score, fitted to texts near the one explained, by the library lime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.external.importing import library
from attrwidget.methods.method import Figures, Method
from attrwidget.methods.registry import register
from attrwidget.methods.shared.checks import check_count, check_seed
from attrwidget.methods.shared.masked_coalitions import MaskedCoalitions
from attrwidget.methods.shared.notes import note_on_coalitions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target

_KERNEL_WIDTH, _DISTANCE = 25.0, 100.0  # of LimeTextExplainer


def _compute(
    trace: Trace,
    target: Target,
    _steps: Sequence[int],
    _selection: HeadSelection,
    *,
    units: Any,
    samples: int,
    seed: int,
) -> Rows:
    base = library("lime", "lime_base")
    check_count("samples", samples)
    check_seed(seed)
    coalitions = MaskedCoalitions(trace, units)
    # LIME draws the number of masked words evenly; here each text draws the share of units that it keeps.
    shares = np.random.default_rng([seed, 0]).random((int(samples), 1))
    keep = np.vstack(
        [np.ones((1, len(coalitions.units)), dtype=bool), coalitions.draws(int(samples), seed) < shares]
    )
    scores = yield from coalitions.score_all(keep, target)
    explainer = base.LimeBase(_kernel, random_state=int(seed))
    rows, fits = [], []
    for step in range(trace.n_steps):
        count = coalitions.count(step)
        data = keep[:, :count].astype(np.float64)
        weights, fit = np.zeros(count), np.nan
        if count:
            # The cosine of a mask and the text, all ones, is the root of the share that is kept.
            distances = _DISTANCE * (1 - np.sqrt(data.mean(1)))
            _, found, fit, _ = explainer.explain_instance_with_data(
                data, scores, distances, step, count, feature_selection="none"
            )
            for at, weight in found:
                weights[at] = weight
        rows.append(coalitions.row(step, weights))
        fits.append(fit)
    yield list(range(trace.n_steps)), np.stack(rows), Figures(fit=np.array(fits))


def _kernel(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.sqrt(np.exp(-np.square(distances) / _KERNEL_WIDTH**2))
    return weights


LIME = register(
    Method(
        name="lime",
        title="LIME",
        description="weights of LIME's linear model of {target} by which words are kept, shared by their tokens",
        question="need",
        formula="w of ridge regression, s ≈ Σ w_j · (unit j is kept) + b, weighted by nearness to the text",
        cost="one forward pass per masked text (500) for all steps together, batched",
        source="Ribeiro et al. 2016 (arXiv:1602.04938), by the library lime",
        compute=_compute,
        distribution="change",
        signed=True,
        target_function="probability",
        needs=("masking",),
        options={"units": "word", "samples": 500, "seed": 0},
        package="lime",
        note=note_on_coalitions,
    )
)
