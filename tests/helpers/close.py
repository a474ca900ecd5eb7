"""Compare numbers by what rounding can do to them, whichever processor rounds.

A number that is a sum of large parts may be zero but for rounding: then its own size is no measure, and neither is a
fixed ``atol``, which stands on the size of one model's numbers and the order in which one processor adds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# A number of these tiny models is rounded fewer times than this on its way: layers × operations of a layer.
ROUNDINGS = 64


def assert_close(found: Any, truth: Any, rtol: float = 1e-5, *, parts: Any = None, err_msg: str = "") -> None:
    """Assert that *found* equals *truth* within *rtol* of its largest magnitude, NaN at the same places.

    Args:
        found: numbers of any shape.
        truth: numbers of the same shape, of which NaN are not compared.
        rtol: the error allowed, relative to the largest magnitude in *truth*.
        parts: where *truth* may be zero but for rounding, the terms that each number is the sum of, ``[..., terms]``.
            What ``ROUNDINGS`` roundings of the largest sum of their magnitudes can do is allowed too.
        err_msg: shown when they differ.
    """
    found, truth = np.asarray(found), np.asarray(truth)
    allowed = rtol * _largest(truth)
    if parts is not None:
        parts = np.abs(np.asarray(parts))
        allowed += ROUNDINGS * np.finfo(parts.dtype).eps * _largest(parts.sum(-1))
    np.testing.assert_allclose(found, truth, rtol=0, atol=allowed, err_msg=err_msg)


def _largest(values: Any) -> float:
    finite = np.abs(values)[np.isfinite(values)]
    return float(finite.max()) if finite.size else 0.0
