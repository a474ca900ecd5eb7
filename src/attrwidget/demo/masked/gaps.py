"""A sentence with masked words, and the words that decide what was there."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[int, int]

MASK = "[MASK]"


@dataclass(frozen=True)
class Gaps:
    """A sentence with masks, their answers, and the planted truth. Spans are `(start, end)` in characters of `text`."""

    text: str
    masked: str
    """Which part of the fact is masked: `"answer"`, `"entity"` or `"relation"`, or `"several"` in two sentences."""
    masks: tuple[Span, ...]
    """The masks, one for each masked word."""
    answers: tuple[str, ...]
    """The word under each mask, without the space before it; each is one token of the bundled model."""
    deciding: tuple[tuple[Span, ...], ...]
    """For each mask, the words that decide it. Where several sets of them would each be enough, all are given."""
    fillers: tuple[Span, ...]
    """Words that play no part: replacing them leaves the answers as they are."""

    def words(self, spans: tuple[Span, ...]) -> tuple[str, ...]:
        """Return the text under each span."""
        return tuple(self.text[start:end] for start, end in spans)
