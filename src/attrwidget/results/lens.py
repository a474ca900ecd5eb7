"""What each layer would have said at a step: the logit lens, in words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.progress import Progress


@dataclass(frozen=True)
class StepLens:
    """What every layer would have said at one step.

    Attributes:
        words: The likeliest words of each layer.
        probability: Their probabilities, float64 ``[layers, words]``.
        chosen: The probability of what was said, float64 ``[layers]``.
        rank: The rank of what was said, from 1, int64 ``[layers]``.
    """

    words: list[list[str]]
    probability: NDArray[np.float64]
    chosen: NDArray[np.float64]
    rank: NDArray[np.int64]


class Lens(ABC):
    """Reads the layers at the steps of one explanation, with the model.

    Attributes:
        refusal: Why nothing can be read, or None.
        n_layers: How many layers are read; 0 where nothing can be.
    """

    refusal: str | None
    n_layers: int

    @abstractmethod
    def seconds(self, steps: Sequence[int]) -> float:
        """Return about how long ``read`` takes where nothing is kept and nothing else runs."""

    @abstractmethod
    def has(self, steps: Sequence[int]) -> bool:
        """Return whether ``read`` would answer at once."""

    @abstractmethod
    def read(self, steps: Sequence[int], progress: Progress | None = None) -> list[StepLens]:
        """Return what every layer would have said at each of *steps*.

        Args:
            steps: Indices of steps.
            progress: Called with ``(done, total)`` between some steps. An exception raised in it stops the work; what
                is finished is kept.

        Raises:
            AttrWidgetError: The model's layers cannot be read one by one.
        """

    @abstractmethod
    def rivals(self, step: int, ids: Sequence[int]) -> NDArray[np.float64]:
        """Return the probabilities that every layer gives the outputs *ids* at *step*: ``[layers, len(ids)]``."""
