"""The score of each step that is explained, from log-probabilities alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from attrwidget.remote.perturber import Changed

KNOWN = ("log_prob", "probability", "log_odds", "contrast")
_LEAST = 1e-9  # of 1 − p for log-odds: servers round a probability near 1 to 1


@dataclass(frozen=True)
class RemoteTarget:
    """The counterpart of ``Target`` for log-probabilities; it has no distribution.

    Attributes:
        function: ``"log_prob"``, ``"probability"``, ``"log_odds"`` or ``"contrast"``, the log-probability of a step
            less that of another text in its place. Of two tokens, this is the difference of their logits.
        foils: For ``"contrast"``: the other text in the place of each step; None where the score is 0.
    """

    function: str
    foils: tuple[str | None, ...] | None = None
    reference: None = None

    def __post_init__(self) -> None:
        if self.function not in KNOWN:
            raise AttrWidgetError(
                f"The target function {self.function!r} needs the model itself, and a server gives log-probabilities: "
                f"take one of {', '.join(KNOWN)}."
            )
        if self.function == "contrast" and self.foils is None:
            raise AttrWidgetError(
                "The target function 'contrast' needs the other word: give foil=, a text like ' Thomas'."
            )

    def all_steps(self, changed: Changed) -> NDArray[np.float64]:
        """Return the scores ``[steps]`` of a changed text."""
        log_probs = changed.log_probs
        if self.foils is not None:
            scores = [
                log_probs[step] - changed.of_other(step, foil)
                if foil is not None and np.isfinite(log_probs[step])
                else 0.0 * log_probs[step]
                for step, foil in enumerate(self.foils)
            ]
            return np.array(scores)
        if self.function == "log_prob":
            return log_probs
        if self.function == "probability":
            return np.exp(log_probs)
        others: NDArray[np.float64] = np.maximum(-np.expm1(log_probs), _LEAST)
        return log_probs - np.log(others)

    def of_step(self, step: int) -> Callable[[Changed], Any]:
        """Return what reads the score of *step* from a changed text."""
        return lambda changed: self.all_steps(changed)[step]
