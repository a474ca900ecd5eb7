"""Gradients of scores at the logits, divided by their size, so that they do not underflow in float32."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.gradients.graph import ScoreFunction


def score_gradients(logits: torch.Tensor, score: ScoreFunction, steps: Sequence[int]) -> torch.Tensor:
    """Return the gradients of the *score* of each of *steps* at their *logits* ``[r, outputs]``, float64."""
    with torch.inference_mode(mode=False), torch.enable_grad():
        precise = logits.detach().double().requires_grad_(True)  # noqa: FBT003
        (gradients,) = torch.autograd.grad(score(precise, steps).sum(), precise)
    return gradients


def scaled_score_gradients(
    logits: torch.Tensor, score: ScoreFunction, steps: Sequence[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ``score_gradients`` in the precision of *logits*, each row divided by its scale, and the scales."""
    gradients = score_gradients(logits, score, steps)
    scales = gradients.abs().amax(-1)
    scales = torch.where(scales > 0, scales, 1.0)
    return (gradients / scales[:, None]).to(logits.dtype), scales


def weighed(scales: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return each of *scales* as a share of the largest ``[n]``, and the largest."""
    together = torch.stack([scale.cpu() for scale in scales])
    largest = together.max()
    return together / largest, largest
