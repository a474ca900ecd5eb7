"""Join the tokens of a text into words."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attrwidget.text.tokens import TextPiece, Tokens


def words_of(tokens: Tokens, start: int) -> list[list[TextPiece]]:
    """Return the words that reach beyond token *start*: units that no space, and no script without spaces, keeps apart.

    Special tokens are in none.
    """
    words: list[list[TextPiece]] = []
    for unit in tokens.units:
        if unit.end <= start or all(tokens.special[unit.start : unit.end]):
            continue
        before = words[-1][-1] if words else None
        if before is not None and before.end == unit.start and _one_word(before.text, unit.text):
            words[-1].append(unit)
        else:
            words.append([unit])
    return words


def without_spaces(character: str) -> bool:
    """Return whether words of the character's script are written without spaces."""
    name = unicodedata.name(character, "")
    return name.startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"))


def _one_word(before: str, after: str) -> bool:
    joins = before[-1:].isalnum() and after[:1].isalnum()
    return joins and not (without_spaces(before[-1:]) or without_spaces(after[:1]))
