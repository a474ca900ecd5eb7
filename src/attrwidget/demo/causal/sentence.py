"""A sentence of the grammar, with the words that decide each token of its answer."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True)
class Sentence:
    """A prompt, its answer, and the planted truth: which words decide each piece of the answer.

    All spans are `(start, end)` in characters of `text`, which is `prompt + answer`.
    """

    prompt: str
    answer: str
    """What the model must answer, with its leading space and without the full stop that follows."""
    kind: str
    """What the entity is: `"country"`, `"city"` or `"person"`."""
    relation_name: str
    """Which relation is asked for, e.g. `"capital"`."""
    entity: Span
    """The words that name the entity."""
    relation: tuple[Span, ...]
    """The words that name the relation."""
    fillers: tuple[Span, ...]
    """Words that play no part: replacing them leaves the answer as it is."""
    pieces: tuple[Span, ...]
    """The pieces of the answer, one span each; a piece is one token of the bundled model."""
    deciding: tuple[tuple[Span, ...], ...]
    """For each piece, the words that decide it: entity, relation, earlier pieces of the answer."""

    @property
    def text(self) -> str:
        """Prompt and answer together."""
        return self.prompt + self.answer

    def words(self, spans: tuple[Span, ...]) -> tuple[str, ...]:
        """Return the text under each span."""
        return tuple(self.text[start:end] for start, end in spans)
