"""The importances that several answers give to the units of a text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENOUGH = 0.8
"""The share of units with a number below which importances are not compared."""


@dataclass(frozen=True)
class Stated:
    """Importances for a decision, from -1 to 1, as *values* ``[answers, units]``; NaN where one is missing."""

    values: NDArray[np.float64]

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """The mean of what each unit was given; NaN for one without a number."""
        return self._of_each(np.mean)

    @cached_property
    def spread(self) -> NDArray[np.float64]:
        """The standard deviation over the answers; NaN for a unit without a number."""
        return self._of_each(np.std)

    @cached_property
    def counts(self) -> NDArray[np.intp]:
        """How many answers have a number for each unit."""
        counts: NDArray[np.intp] = np.count_nonzero(~np.isnan(self.values), axis=0)
        return counts

    @property
    def coverage(self) -> float:
        """The share of units to which at least one answer gives a number."""
        return float(np.mean(self.counts > 0))

    @property
    def complete(self) -> bool:
        """Whether so many units have a number that they can be compared, and a missing one was left out."""
        return self.coverage >= ENOUGH

    def _of_each(self, function: Any) -> NDArray[np.float64]:
        columns = [column[~np.isnan(column)] for column in self.values.T]
        return np.array([function(column) if len(column) else np.nan for column in columns], dtype=np.float64)
