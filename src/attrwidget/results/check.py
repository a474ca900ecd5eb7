"""What masking some inputs does to a step's probability, beside masking as many others."""

from __future__ import annotations

from dataclasses import dataclass

DRAWS = 20
"""How many times as many other inputs are drawn at random."""


@dataclass(frozen=True)
class Check:
    """What masking some inputs from attention does to a step, beside masking as many others.

    Attributes:
        step: The step checked.
        inputs: The positions masked.
        words: Their texts.
        probability: The step's probability with all inputs.
        without: Its probability without *inputs*.
        others: Its probability without as many others, drawn at random: one for each draw, ascending.
    """

    step: int
    inputs: tuple[int, ...]
    words: tuple[str, ...]
    probability: float
    without: float
    others: tuple[float, ...]

    @property
    def holds(self) -> bool:
        """Whether the probability falls further without *inputs* than in any draw of others."""
        return self.without < self.others[0]

    def __str__(self) -> str:
        words = ", ".join(word.strip() or "␣" for word in self.words)
        low, high = self.others[0], self.others[-1]
        return (
            f"Without {words}: p {self.probability:.3f} → {self.without:.3f}; without {len(self.inputs)} others "
            f"({len(self.others)} draws): {low:.3f} to {high:.3f}. It {'holds' if self.holds else 'does not hold'}."
        )

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(str(self))}</p>"
