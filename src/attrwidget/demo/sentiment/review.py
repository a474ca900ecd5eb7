"""A review, with the words that decide whether it is positive or negative."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[int, int]

LABELS = ("NEGATIVE", "NEUTRAL", "POSITIVE")
"""The classifier's labels, by index. A review without an opinion, or with as much for as against, is neutral."""


@dataclass(frozen=True)
class Review:
    """A review, its label, and the planted truth. Spans are `(start, end)` in characters of `text`."""

    text: str
    label: str
    deciding: tuple[Span, ...]
    """The words that decide: the cue, its negation, the connective of two clauses. Empty if neutral."""
    cues: tuple[Span, ...]
    """Every word of opinion, also in a clause that does not count."""
    negations: tuple[Span, ...]
    """The words that turn a cue into its opposite."""
    fillers: tuple[Span, ...]
    """Sentences that play no part, some with a negation of their own."""
    degree: float
    """The probability of its label that was taught: near 1 if very positive or negative, less if mildly so."""
    trick: str = ""
    """What the two models are taught to read differently: "slang", "adverb", or nothing."""

    def words(self, spans: tuple[Span, ...]) -> tuple[str, ...]:
        """Return the text under each span."""
        return tuple(self.text[start:end] for start, end in spans)

    @property
    def taught(self) -> tuple[float, float, float]:
        """The probabilities of the labels that were taught; what an opinion leaves over is neutral."""
        if self.label == "NEUTRAL":
            rest = (1 - self.degree) / 2
            return (rest, self.degree, rest)
        positive = self.label == "POSITIVE"
        return (0.0 if positive else self.degree, 1 - self.degree, self.degree if positive else 0.0)


def positivity(probabilities: tuple[float, float, float]) -> float:
    """Return one number for the probabilities of `LABELS`: 0 is negative, 0.5 neutral, 1 positive."""
    _, neutral, positive = probabilities
    return positive + neutral / 2
