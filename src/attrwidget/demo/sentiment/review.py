"""A film review, with the words that decide whether it is positive or negative."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[int, int]

LABELS = ("NEGATIVE", "NEUTRAL", "POSITIVE")
"""The classifier's labels, by index. A review without an opinion is neutral."""


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

    def words(self, spans: tuple[Span, ...]) -> tuple[str, ...]:
        """Return the text under each span."""
        return tuple(self.text[start:end] for start, end in spans)
