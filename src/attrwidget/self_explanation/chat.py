"""Who is asked: anything that answers chat messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Message = dict[str, str]
Alternatives = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Reply:
    """An answer.

    Attributes:
        text: The text, as it came.
        first: The likeliest first tokens with their probabilities, if they are known.
        finished: Whether it ends because the model ended it, not because no more tokens were allowed.
    """

    text: str
    first: Alternatives = ()
    finished: bool = True


class Chat(Protocol):
    """What answers chat messages, several *at_once* or one after the other."""

    name: str
    at_once: bool

    def reply(self, messages: Sequence[Message], *, tokens: int, temperature: float, seed: int) -> Reply:
        """Return an answer of up to *tokens* tokens, the likeliest one at a *temperature* of 0."""

    def first_tokens(self, messages: Sequence[Message]) -> Alternatives:
        """Return the likeliest first tokens of the answer with their probabilities; nothing where these are unknown."""


def whole_characters(text: str) -> str:
    """Return *text* with a question mark for half a character, which neither tables nor files hold."""
    return text.encode(errors="replace").decode()


class Function:
    """A function of chat messages that returns a text."""

    at_once = False

    def __init__(self, function: Callable[[list[Message]], str], name: str | None) -> None:
        self._function = function
        self.name = name or str(getattr(function, "__name__", type(function).__name__))

    def reply(self, messages: Sequence[Message], *, tokens: int, temperature: float, seed: int) -> Reply:  # noqa: ARG002
        """Return what the function answers."""
        answer: Any = self._function([dict(message) for message in messages])
        if not isinstance(answer, str):
            raise AttrWidgetError(
                f"{self.name} answers with {short(answer)}: a function that is asked returns a text."
            )
        return Reply(whole_characters(answer))

    def first_tokens(self, messages: Sequence[Message]) -> Alternatives:  # noqa: ARG002
        """Return nothing: a function gives no probabilities."""
        return ()
