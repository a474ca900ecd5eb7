"""Read the parts of a file's document; each function raises ValueError for a value that its part cannot have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import is_whole, short

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST = 2**62  # NumPy and tokenizers take 64 bits


def read_text(value: Any) -> str:
    """Return *value*, a text of whole characters."""
    if not isinstance(value, str):
        raise ValueError(f"{short(value)} is no text")  # noqa: TRY004 - callers take one kind of error
    value.encode()  # half of a surrogate pair is a UnicodeEncodeError, which is a ValueError
    return value


def read_maybe_text(value: Any) -> str | None:
    """Return *value*, a text or None."""
    return None if value is None else read_text(value)


def read_whole_number(value: Any) -> int:
    """Return *value*, a whole number of at most 62 bits."""
    if not is_whole(value) or abs(value) >= _MOST:
        raise ValueError(f"{short(value)} is no whole number")
    return int(value)


def read_flag(value: Any) -> bool:
    """Return *value*, True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"{short(value)} is neither true nor false")  # noqa: TRY004 - callers take one kind of error
    return value


def read_numbers(values: NDArray[Any], dimensions: int) -> NDArray[np.floating]:
    """Return *values*, floating-point numbers of so many *dimensions*, none of which is infinite."""
    if values.dtype.kind != "f" or values.ndim != dimensions:
        raise ValueError(f"an array of {values.dtype}, {list(values.shape)}")
    if np.isinf(values).any():
        raise ValueError("an infinite number")
    return values
