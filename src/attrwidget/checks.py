"""Checks that several rooms need."""

from __future__ import annotations

from numbers import Integral
from typing import Any


def is_whole(value: Any) -> bool:
    """Say whether *value* is a whole number: Python's or NumPy's, and no truth value."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_index(value: Any, count: int) -> bool:
    """Say whether *value* is a whole number from 0 to ``count - 1``."""
    return is_whole(value) and 0 <= value < count
