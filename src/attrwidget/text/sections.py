"""Named stretches of a text: a prompt, an answer, a message of a chat."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """Tokens ``start`` up to ``end`` under a *title*; the title of a chat's message is its role."""

    title: str
    start: int
    end: int
