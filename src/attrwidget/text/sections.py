"""Named stretches of a text: a prompt, an answer, a message of a chat."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """Tokens ``start`` up to ``end`` under a *title*; the title of a chat's message is its role.

    Attributes:
        title: The title.
        start: The first token.
        end: One past the last token.
        body: Where the message itself stands, first token and one past the last, if a chat template wrote the tokens
            around it; else None.
        note: A few words beside the title, such as "stopped at 20 tokens", or None.
    """

    title: str
    start: int
    end: int
    body: tuple[int, int] | None = None
    note: str | None = None


def answer_section(start: int, end: int, *, cut_short: bool) -> Section:
    """Return the section of an answer; *cut_short* says that it ends because no more tokens were allowed."""
    count = end - start
    note = f"stopped at {count} token{'s' if count > 1 else ''}" if cut_short else None
    return Section("Answer", start, end, note=note)
