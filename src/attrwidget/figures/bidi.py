"""The order in which the words of a line stand, where some are written from right to left."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_RIGHT = ("R", "AL")
_DIGITS = ("EN", "AN")


def right_to_left(text: str) -> bool:
    """Return whether the first letter with a direction is written from right to left."""
    found = (kind for kind in map(unicodedata.bidirectional, text) if kind == "L" or kind in _RIGHT)
    return next(found, "L") in _RIGHT


def levels_of(texts: Sequence[str], base: int) -> list[int]:
    """Return the embedding level of each word: even from left to right, odd from right to left.

    *base* is that of the paragraph, 0 or 1. What has no direction, such as a space, has that of its neighbours where
    they agree, else the base; a number counts as the letters before it. Source: the Unicode Bidirectional Algorithm
    (UAX 9), by whole words.
    """
    kinds = [_kind(text) for text in texts]
    outer = strong = "R" if base else "L"
    sides: list[str | None] = []
    for kind in kinds:
        strong = kind if kind in ("L", "R") else strong
        sides.append(strong if kind else None)
    return [
        _level(kind, side or _between(sides, i, outer), base)
        for i, (kind, side) in enumerate(zip(kinds, sides, strict=True))
    ]


def visual_order(levels: Sequence[int]) -> list[int]:
    """Return the indices of the words from left to right: rule L2 of UAX 9."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = None
        for i in range(len(order) + 1):
            inside = i < len(order) and levels[order[i]] >= level
            if inside and start is None:
                start = i
            elif not inside and start is not None:
                order[start:i] = reversed(order[start:i])
                start = None
    return order


def _kind(text: str) -> str | None:
    """Return "L" or "R" for the first letter with a direction, else "number", or None."""
    kinds = {unicodedata.bidirectional(character) for character in text}
    if "L" in kinds or kinds.intersection(_RIGHT):
        return "R" if right_to_left(text) else "L"
    return "number" if kinds.intersection(_DIGITS) else None


def _between(sides: Sequence[str | None], i: int, outer: str) -> str:
    """Return the direction of the neighbours of *i* where they agree, else the *outer* one."""
    before = next((side for side in reversed(sides[:i]) if side), outer)
    after = next((side for side in sides[i + 1 :] if side), outer)
    return before if before == after else outer


def _level(kind: str | None, side: str, base: int) -> int:
    if side == "L":
        return 2 * base
    return 2 if kind == "number" else 1
