"""The score of each step that is explained, from the log-probability of its token alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

KNOWN = ("log_prob", "probability", "log_odds")
_LEAST = 1e-9  # of 1 − p for log-odds: servers round a probability near 1 to 1


@dataclass(frozen=True)
class RemoteTarget:
    """The counterpart of ``Target`` for log-probabilities; it has no foils and no distribution.

    Attributes:
        function: ``"log_prob"``, ``"probability"`` or ``"log_odds"``.
    """

    function: str
    foils: None = None
    reference: None = None

    def __post_init__(self) -> None:
        if self.function not in KNOWN:
            raise AttrWidgetError(
                f"The target function {self.function!r} needs the model itself, and a server gives log-probabilities: "
                f"take one of {', '.join(KNOWN)}."
            )

    def all_steps(self, log_probs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scores ``[steps]`` of tokens with these log-probabilities."""
        if self.function == "log_prob":
            return log_probs
        if self.function == "probability":
            return np.exp(log_probs)
        others: NDArray[np.float64] = np.maximum(-np.expm1(log_probs), _LEAST)
        return log_probs - np.log(others)

    def of_step(self, step: int) -> Callable[[NDArray[np.float64]], Any]:
        """Return what reads the score of *step* from the log-probabilities of all steps."""
        return lambda log_probs: self.all_steps(log_probs)[step]
