"""What masking some inputs does to a step's probability, beside masking as many others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.progress import Progress

DRAWS = 20
"""How many times as many other inputs are drawn at random."""


@dataclass(frozen=True)
class Check:
    """What masking some inputs from attention does to a step, beside masking as many others.

    Attributes:
        steps: The step checked, or those of a word of several tokens.
        inputs: The positions masked.
        words: The words that they make.
        probability: Its probability with all inputs; of several steps, their joint one.
        without: Its probability without *inputs*.
        others: Its probability without as many others, drawn at random: one for each draw, ascending.
        lowest: The positions masked in the draw with the lowest probability.
        lowest_words: The words that they make.
    """

    steps: tuple[int, ...]
    inputs: tuple[int, ...]
    words: tuple[str, ...]
    probability: float
    without: float
    others: tuple[float, ...]
    lowest: tuple[int, ...]
    lowest_words: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the probability falls further without *inputs* than in any draw of others."""
        return self.without < self.others[0]

    def __str__(self) -> str:
        low, high = self.others[0], self.others[-1]
        draws = f"{len(self.others)} draw{'s' if len(self.others) > 1 else ''}"
        holds = "holds"
        if not self.holds:
            holds = f"does not hold: without {_named(self.lowest_words)} it falls to {_chance(low)}"
        return (
            f"Without {_named(self.words)}: p {_chance(self.probability)} → {_chance(self.without)}; without as many "
            f"others ({draws}): {_chance(low)} to {_chance(high)}. The explanation {holds}."
        )

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(str(self))}</p>"


def _named(words: Sequence[str]) -> str:
    return ", ".join(word.strip() or "␣" for word in words)


def _chance(p: float) -> str:
    """Print a probability: three decimals, or two figures of one that these would show as 0."""
    return f"{p:.3f}" if p == 0 or p >= 5e-4 else f"{p:.1e}"


class Checks(ABC):
    """Checks steps of one explanation, with the model.

    Attributes:
        made: The checks made with the usual draws, by steps and inputs.
    """

    made: dict[tuple[tuple[int, ...], tuple[int, ...]], Check]

    @property
    @abstractmethod
    def refusal(self) -> str | None:
        """Why nothing can be checked, or None."""

    @abstractmethod
    def seconds(self) -> float | None:
        """Return about how long the check of a step takes where nothing else runs; None where there is none."""

    @abstractmethod
    def steps(self, step: Any) -> range:
        """Return *step*, or a list of neighbouring ones of a text, as a range; raise AttrWidgetError for any else."""

    @abstractmethod
    def first_inputs(self, step: Any, method: str | None, k: Any) -> list[int]:
        """Return the inputs of the *k* words that a *method*, by default the first, puts first at *step*, or steps."""

    @abstractmethod
    def run(
        self, step: Any, inputs: Any, *, draws: int = DRAWS, seed: int = 0, progress: Progress | None = None
    ) -> Check:
        """Mask *inputs* of *step*, then as many others at random, and compare.

        *step* may be a list of neighbouring steps, a word of several tokens, whose joint probability is compared.
        Special tokens and the first token are never masked: they are left out of *inputs*.

        Raises:
            AttrWidgetError: A step or input does not exist, or too few others are left.
        """
