"""Change words of a text: what becomes of the step explained, and which words are likely there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_input, short
from attrwidget.errors import AttrWidgetError
from attrwidget.text.words import find_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from attrwidget.text.tokens import Tokens

RIVALS = 3  # words that lead after a change
_OFFERED = 4  # likely words


@dataclass(frozen=True)
class Tried:
    """What a change does to a step.

    Attributes:
        words: The word explained and then those that lead after the change: text, probability before
            and probability after.
        nats: By how much the log-probability of the word explained changes.
        answer: The model's answer after the change, where it reads the text as a whole; else None.
    """

    words: tuple[tuple[str, float, float], ...]
    nats: float
    answer: str | None


class ChangedWords(ABC):
    """Changes of the words of one explanation, with the model."""

    @property
    def mask(self) -> str | None:
        """The text of the token that a masked language model fills in; None of other models."""
        return None

    @abstractmethod
    def find(self, changes: Any) -> Any:
        """Return *changes* as edits, which ``tried`` takes.

        Args:
            changes: By input position, by a pair ``(start, end)`` of positions, or by a word that stands there once: a
                text, a token id, or None or an empty text to delete it. A space goes before a text where one stands
                before what it replaces.

        Raises:
            AttrWidgetError: There is no change, an input does not exist, or two changes overlap.
        """

    @abstractmethod
    def tried(self, step: Any, edits: Any) -> Tried:
        """Return what *edits* do to *step*.

        Raises:
            AttrWidgetError: The step does not exist, does not see an edit, or has no probability.
        """

    @abstractmethod
    def likely(self, where: Any) -> list[str]:
        """Return a few words that the model finds likely in a place, the likeliest first; none if it has no such."""


def offered(texts: Iterable[str], old: str) -> list[str]:
    """Return the first few words of *texts* that could stand in the place of *old*: spaced and capitalised alike."""
    words: dict[str, None] = {}
    spaced, same = old[:1] == " ", old.strip()
    for text in texts:
        word = text.strip()
        alike = (text[:1] == " ") == spaced and word[:1].isupper() == same[:1].isupper()
        if word.isalnum() and alike and word != same:
            words[word] = None
    return list(words)[:_OFFERED]


def require_changes(changes: Any) -> Mapping[Any, Any]:
    """Return *changes*; raise AttrWidgetError unless they are given by place, and there are some."""
    if not isinstance(changes, Mapping) or not changes:
        raise AttrWidgetError(
            f"Changes are given by word or position, as in {{'France': 'Germany'}}, not as {short(changes)}."
        )
    return changes


def require_once(start: int, end: int) -> None:
    """Raise AttrWidgetError if a change that begins at input *start* begins before the last one's *end*."""
    if end > start:
        raise AttrWidgetError(f"Input {start} is changed twice: change it once.")


def span_of(where: Any, tokens: Tokens, count: int) -> tuple[int, int]:
    """Return *where*, a word, a position or a pair of positions, as a stretch of the first *count* tokens."""
    if isinstance(where, str):
        return find_words(tokens, where, count)
    if isinstance(where, Sequence):
        if len(where) != 2:
            raise AttrWidgetError(f"A stretch of inputs is (start, end), not {short(where)}.")
        start, last = check_input(where[0], count), check_input(where[1] - 1, count)
        if last < start:
            raise AttrWidgetError(f"The stretch of inputs {short(where)} is empty.")
        return start, last + 1
    start = check_input(where, count)
    return start, start + 1
