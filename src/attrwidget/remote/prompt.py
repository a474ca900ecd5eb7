"""A prompt as a server is sent it, with the messages and documents that it was made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from attrwidget.text.sections import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.text.given_context import Stretch

_PLAIN = (
    "A server is sent one text, so documents= stand before the question as plain text, each document after its number "
    "in brackets."
)


@dataclass(frozen=True)
class Prompt:
    """A text that a model reads.

    Attributes:
        text: The text.
        messages: The messages of a chat, as stretches of characters instead of tokens; none of a plain text.
        documents: Where the documents stand that were given with the question.
        warnings: Sentences on how the text was made.
    """

    text: str
    messages: tuple[Section, ...] = ()
    documents: tuple[Stretch, ...] = ()
    warnings: tuple[str, ...] = ()

    def with_documents(self, layout: str, stretches: Sequence[Stretch]) -> Prompt:
        """Return the prompt, of which *layout* is a part, with its documents, *stretches* of the layout, told apart."""
        at = self.text.rfind(layout.rstrip())
        found = tuple(one._replace(start=at + one.start, end=at + one.end) for one in stretches if at >= 0)
        return replace(self, documents=found, warnings=(*self.warnings, _PLAIN))

    def replaced(self, changes: list[tuple[int, int, str]]) -> Prompt:
        """Return the prompt with *changes* made: stretches of characters, ascending, and what takes their place."""
        pieces, at = [], 0
        for start, end, text in changes:
            pieces += [self.text[at:start], text]
            at = end

        def moved(character: int) -> int:
            shift = 0
            for start, end, text in changes:
                if start < character < end:
                    return start + shift
                if end <= character:
                    shift += len(text) - (end - start)
            return character + shift

        messages = tuple(
            Section(
                one.title,
                moved(one.start),
                moved(one.end),
                one.body and (moved(one.body[0]), moved(one.body[1])),
            )
            for one in self.messages
        )
        documents = tuple(one._replace(start=moved(one.start), end=moved(one.end)) for one in self.documents)
        return Prompt("".join([*pieces, self.text[at:]]), messages, documents, self.warnings)
