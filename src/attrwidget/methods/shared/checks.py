"""Check the options of methods."""

from __future__ import annotations

import math
from typing import Any

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError


def check_count(name: str, value: Any) -> None:
    """Raise AttrWidgetError unless *value* is a whole number from 1 to 10,000."""
    if not is_whole(value) or not 1 <= value <= 10_000:
        raise AttrWidgetError(f"{name} is a whole number from 1 to 10,000, not {value!r}.")


def check_seed(value: Any) -> None:
    """Raise AttrWidgetError unless *value* is a whole number from 0."""
    if not is_whole(value) or value < 0:
        raise AttrWidgetError(f"seed is a whole number from 0, not {value!r}.")


def check_noise(value: Any, most: float = math.inf) -> None:
    """Raise AttrWidgetError unless *value* is a number from 0 to *most*."""
    if not _is_number(value) or not 0 <= value <= most:
        limit = "" if most == math.inf else f" to {most:g}"
        raise AttrWidgetError(f"noise is a number from 0{limit}, not {value!r}.")


def check_positive(name: str, value: Any, below: float = math.inf) -> None:
    """Raise AttrWidgetError unless *value* is a number above 0 and under *below*."""
    if not _is_number(value) or not 0 < value < below:
        most = "" if below == math.inf else f" and below {below:g}"
        raise AttrWidgetError(f"{name} is a number above 0{most}, not {value!r}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
