"""Scales of several gradients as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence


def weighed(scales: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return each of *scales* as a share of the largest ``[n]``, and the largest."""
    together = torch.stack([scale.cpu() for scale in scales])
    largest = together.max()
    return together / largest, largest
