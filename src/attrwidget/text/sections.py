"""Named stretches of a text: a prompt, an answer, a message of a chat."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """Tokens ``start`` up to ``end`` stand under *title*; of a chat's message this is its role."""

    title: str
    start: int
    end: int
