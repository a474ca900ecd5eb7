"""Normalise rows of scores, as shares of each step or as Inseq does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NORMALIZATIONS = ("auto", "step", "inseq", None)
_INSEQ_EPSILON = 1e-12  # torch.nn.functional.normalize's, which Inseq calls


class RowKind(Protocol):
    """The kind of rows that a method gives: signed ones, attention weights, or magnitudes."""

    @property
    def signed(self) -> bool:
        """Whether rows have a sign."""

    @property
    def attention(self) -> bool:
        """Whether rows are attention weights."""


def normalize_rows(rows: NDArray[np.floating], method: RowKind, how: str | None) -> NDArray[np.float32]:
    """Normalise rows of scores.

    Args:
        rows: Scores ``[steps, inputs]``; NaN counts as nothing.
        method: The method that the rows come from.
        how: ``"auto"``: shares for methods that give magnitudes, else raw. ``"step"``: divide each row by its L1 norm;
            a row of zeros stays. ``"inseq"``: the same, with Inseq's floor of 1e-12 under the norm. None: raw.

    Returns:
        float32 ``[steps, inputs]``.
    """
    if how is None or (how == "auto" and (method.signed or method.attention)):
        return rows.astype(np.float32)
    total = np.nansum(np.abs(rows), axis=1, keepdims=True, dtype=np.float64)
    floor = _INSEQ_EPSILON if how == "inseq" else np.finfo(np.float64).tiny
    return (rows / np.maximum(total, floor)).astype(np.float32)


def inseq_method(name: str) -> str:
    """Return the method whose rows Inseq shows as *name*: its input_x_gradient table holds L2 norms."""
    return "input_x_gradient_l2" if name == "input_x_gradient" else name
