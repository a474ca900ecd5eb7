"""Whether two tensors hold the same numbers, to within the rounding of their precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from attrwidget.engine.attention.recorder import AttentionReader

_TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-6}  # relative to the largest value; low precision below
_LOW_PRECISION = 5e-2


def same(truth: torch.Tensor, ours: Any, *, low_precision: bool = False, times: float = 1.0) -> bool:
    """Say whether *ours* are the numbers of *truth*, to within *times* the rounding of its precision.

    *low_precision*: of one that is low.
    """
    if ours is None or truth.shape != ours.shape:
        return False
    tolerance = _LOW_PRECISION if low_precision else _TOLERANCE.get(truth.dtype, _LOW_PRECISION)
    finite = torch.isfinite(truth)
    scale = truth[finite].abs().max().clamp_min(1e-12) if bool(finite.any()) else 1.0
    difference = (truth - ours)[finite].abs().max() if bool(finite.any()) else 0.0
    return bool(difference <= times * tolerance * scale)


def same_weights(reader: AttentionReader, truth: AttentionReader, *, low_precision: bool = False) -> bool:
    """Say whether *reader* gives the weights of *truth*, of a model of *low_precision* precision maybe."""
    rows = range(reader.length)
    if reader.n_layers != truth.n_layers:
        return False
    for layer in range(truth.n_layers):
        weights = truth.weights(layer, None, rows)
        # A score is rounded by its size, and a weight moves by as much: near 0.00 and 1.00 scores are large.
        spread = -float(weights[weights > 0].min().log())
        if not same(
            weights,
            reader.weights(layer, None, rows),
            low_precision=low_precision,
            times=max(1.0, spread / 10),
        ):
            return False
    return True
