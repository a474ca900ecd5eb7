"""A prompt as a server is sent it, with the messages that it was made of."""

from __future__ import annotations

from dataclasses import dataclass

from attrwidget.text.sections import Section


@dataclass(frozen=True)
class Prompt:
    """A text that a model reads.

    Attributes:
        text: The text.
        messages: The messages of a chat, as stretches of characters instead of tokens; none of a plain text.
        warnings: Sentences on how the text was made.
    """

    text: str
    messages: tuple[Section, ...] = ()
    warnings: tuple[str, ...] = ()

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
        return Prompt("".join([*pieces, self.text[at:]]), messages, self.warnings)
