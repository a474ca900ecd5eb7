"""Compare tensors that hold the same numbers but for the rounding of their precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from attrwidget.engine.attention.recorder import AttentionReader

_TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-6}  # relative to the largest value
_LOW_PRECISION = 5e-2


def tolerance_of(dtype: torch.dtype, *, low_precision: bool = False) -> float:
    """Return how far numbers of *dtype* may be apart by rounding, relative to the largest of them."""
    return _LOW_PRECISION if low_precision else _TOLERANCE.get(dtype, _LOW_PRECISION)


def same(
    truth: torch.Tensor, ours: torch.Tensor | None, *, low_precision: bool = False, times: float = 1.0
) -> bool:
    """Return whether *ours* equals *truth* within *times* the rounding of its precision.

    Only finite values of *truth* are compared. A missing tensor, or one of another shape, is not the same.

    Args:
        truth: The reference; its dtype sets the tolerance, relative to its largest absolute value.
        ours: The tensor to check.
        low_precision: Whether the model computes in low precision, whatever the dtype of *truth*.
        times: Factor on the tolerance.
    """
    if ours is None or truth.shape != ours.shape:
        return False
    finite = torch.isfinite(truth)
    if not bool(finite.any()):
        return True
    tolerance = tolerance_of(truth.dtype, low_precision=low_precision)
    scale = truth[finite].abs().max().clamp_min(1e-12)
    return bool((truth - ours)[finite].abs().max() <= times * tolerance * scale)


def same_weights(
    truth: AttentionReader, ours: AttentionReader, *, n_rows: int | None = None, low_precision: bool = False
) -> bool:
    """Return whether *ours* gives the attention weights of *truth* to its tokens in every layer and head.

    The tolerance grows with the spread of the scores in a layer: a score is rounded in proportion to its size and its
    weight moves by as much, so sharp attention (weights near 0 and 1) is compared less tightly.

    Args:
        truth: The reference.
        ours: The attention to check.
        n_rows: How many queries there are; None means as many as keys.
        low_precision: Whether the model computes in low precision.
    """
    if ours.n_layers != truth.n_layers:
        return False
    rows = range(ours.length if n_rows is None else n_rows)
    for layer in range(truth.n_layers):
        weights = truth.weights(layer, None, rows)[..., : ours.length]
        spread = -float(weights[weights > 0].min().log())
        again = ours.weights(layer, None, rows)
        if not same(weights, again, low_precision=low_precision, times=max(1.0, spread / 10)):
            return False
    return True
