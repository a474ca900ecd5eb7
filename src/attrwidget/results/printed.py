"""Numbers in the sentences of results."""

from __future__ import annotations

import math


def chance(p: float) -> str:
    """Return a probability, which never reads 0 or 1: no softmax gives these."""
    if math.isnan(p):
        return "·"
    return "<.001" if p < 0.0005 else ">.999" if p >= 0.9995 else f"{p:.3f}"[1:]
