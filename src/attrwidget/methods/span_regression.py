"""Span regression: a sparse linear model of the score, fitted to texts with random units masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.checks import check_choice
from attrwidget.methods.method import Figures, Method, Passes
from attrwidget.methods.registry import register
from attrwidget.methods.shared.checks import check_count, check_positive, check_seed
from attrwidget.methods.shared.masked_coalitions import MaskedCoalitions
from attrwidget.methods.shared.notes import note_on_coalitions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target

_CHANGES = ("mask", "delete")
HELD_OUT = 16  # masks that the fit is judged on
_SWEEPS, _TOLERANCE = 1000, 1e-7


class Fit(NamedTuple):
    """Linear models, one for each target: *weights* ``[features, targets]`` and *intercepts* ``[targets]``."""

    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]


def _compute(
    trace: Trace,
    target: Target,
    _steps: Sequence[int],
    _selection: HeadSelection,
    *,
    units: Any,
    samples: int,
    keep: float,
    alpha: float,
    seed: int,
    change: str,
) -> Rows:
    check_count("samples", samples)
    check_seed(seed)
    check_positive("keep", keep, below=1)
    check_positive("alpha", alpha)
    check_choice(change, "change", _CHANGES)
    coalitions = MaskedCoalitions(trace, units, change)
    kept = coalitions.draws(int(samples) + HELD_OUT, seed) < keep
    scores = yield from coalitions.score_all(kept, target)
    counts = [coalitions.count(step) for step in range(trace.n_steps)]
    seen = np.arange(kept.shape[1])[:, None] < counts
    fit = lasso(kept[:samples].astype(np.float64), scores[:samples], float(alpha), seen)
    predicted = kept[samples:] @ fit.weights + fit.intercepts
    rows = np.stack([coalitions.row(s, fit.weights[:count, s]) for s, count in enumerate(counts)])
    yield list(range(trace.n_steps)), rows, Figures(held_out=r_squared(predicted, scores[samples:]))


def lasso(
    features: NDArray[np.float64], targets: NDArray[np.float64], alpha: float, used: NDArray[np.bool_]
) -> Fit:
    """Minimise ``|y − Xw − b|²/2n + alpha |w|₁`` for each target by coordinate descent.

    Args:
        features: X, ``[n, features]``, standardised here for the penalty.
        targets: y of each target, ``[n, targets]``.
        alpha: The weight of the penalty.
        used: Which features the model of each target may have, ``[features, targets]``.
    """
    mean, deviation = features.mean(0), features.std(0)
    scaled = (features - mean) / np.where(deviation > 0, deviation, 1.0)
    used = used & (deviation > 0)[:, None]
    weights, left = np.zeros(used.shape), targets - targets.mean(0)
    for _ in range(_SWEEPS):
        largest = 0.0
        for j, column in enumerate(scaled.T):
            wanted = column @ left / len(column) + weights[j]
            new = np.where(used[j], np.sign(wanted) * np.maximum(np.abs(wanted) - alpha, 0.0), 0.0)
            step = new - weights[j]
            left -= column[:, None] * step
            weights[j] = new
            largest = max(largest, float(np.abs(step).max(initial=0.0)))
        if largest < _TOLERANCE:
            break
    weights /= np.where(deviation > 0, deviation, 1.0)[:, None]
    return Fit(weights, targets.mean(0) - mean @ weights)


def r_squared(predicted: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``1 − Σ(y − ŷ)²/Σ(y − ȳ)²`` of each column; NaN where the *truth* does not vary."""
    spread = np.square(truth - truth.mean(0)).sum(0)
    wrong = np.square(truth - predicted).sum(0)
    return np.where(spread > 0, 1 - wrong / np.where(spread > 0, spread, 1.0), np.nan)


SPAN_REGRESSION = register(
    Method(
        name="span_regression",
        title="Span regression",
        description="weights of a sparse linear model of {target} by which words are kept, shared by their tokens",
        question="need",
        formula="w of LASSO, s ≈ Σ w_j · (unit j is kept) + b, over random masks of units that keep each with p = 0.5",
        cost="one forward pass per mask (64, and 16 to judge the fit) for all steps together, batched",
        source="ContextCite, Cohen-Wang et al. 2024 (arXiv:2409.00729)",
        compute=_compute,
        passes=Passes(once=80),
        distribution="change",
        signed=True,
        target_function="log_odds",
        needs=("masking",),
        options={"units": "word", "samples": 64, "keep": 0.5, "alpha": 0.01, "seed": 0, "change": "mask"},
        note=note_on_coalitions,
    )
)
