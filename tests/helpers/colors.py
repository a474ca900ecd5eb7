"""Contrast of two colours as WCAG 2 defines it."""

from __future__ import annotations

from typing import Any

import numpy as np


def luminance(rgb: Any) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def contrast(a: Any, b: Any) -> float:
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)
