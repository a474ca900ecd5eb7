"""A text as a model reads it, and what the model makes of its tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Collection

    from attrwidget.corpora.texts import Span

Floats = NDArray[np.float32]
Attention = Callable[[int, "Sequence[int] | None", int], Floats]
"""Which tokens a token reads ``[n]``, by a layer, its heads (their mean; None for all) and the token."""


class States(NamedTuple):
    """What layers, and the heads of layers, give out at each token: ``[n, d]`` and ``[n, heads, d]``, by layer."""

    states: dict[int, Any]
    heads: dict[int, Any]


@dataclass(frozen=True)
class ReadText:
    """A text as the model reads it.

    Attributes:
        text: The text.
        ids: Its token ids, special tokens included.
        types: Their token types, or None.
        spans: Where each token stands in the text, without white space around it; ``(0, 0)`` for a special token.
        words: Where each word stands.
        labels: The labels of the words, by the name of the annotation.
    """

    text: str
    ids: list[int]
    types: list[int] | None
    spans: list[Span]
    words: list[Span]
    labels: dict[str, list[str]] = field(default_factory=dict)

    def tokens(self) -> list[int]:
        """Return the tokens that stand in the text: all but the special ones."""
        return [at for at, (start, end) in enumerate(self.spans) if start < end]

    def word_of(self, token: int) -> int | None:
        """Return the word in which *token* begins, or the next that it reaches; None for a special token."""
        start, end = self.spans[token]
        return next((i for i, (a, b) in enumerate(self.words) if a < end and start < b), None)

    def tokens_of(self, word: int) -> list[int]:
        """Return the tokens of *word*."""
        return [token for token in self.tokens() if self.word_of(token) == word]


def without_text(ids: Sequence[int], types: Sequence[int] | None, special: Collection[int]) -> ReadText:
    """Return tokens whose text is not needed; those *special* stand nowhere."""
    spans = [(0, 0) if token in special else (at, at + 1) for at, token in enumerate(ids)]
    return ReadText("", list(ids), None if types is None else list(types), spans, [])


def unit_states(states: Any, tokens: Sequence[int]) -> Floats:
    """Return the states of *tokens* scaled to length 1, float32 ``[tokens, d]``."""
    return _unit(np.asarray(states)[list(tokens)])


def unit_heads(heads: Any, tokens: Sequence[int]) -> Floats:
    """Return the heads' outputs at *tokens*, each head's scaled to length 1, float32 ``[tokens, heads · d]``."""
    return _unit(np.asarray(heads)[list(tokens)]).reshape(len(tokens), -1)


def _unit(values: Floats) -> Floats:
    norms = np.linalg.norm(values, axis=-1, keepdims=True)
    return np.asarray(values / np.where(norms == 0, 1, norms), dtype=np.float32)
