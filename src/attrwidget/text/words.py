"""Join the tokens of a text into words."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError, did_you_mean

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


def find_words(tokens: Tokens, text: str, end: int) -> tuple[int, int]:
    """Return ``(start, end)`` of the tokens of *text*, one word or several, among the first *end* tokens.

    Raises AttrWidgetError if it is not there, or more than once.
    """
    words = [word for word in words_of(tokens, 0) if word[-1].end <= end]
    parts = ["".join(unit.text for unit in word) for word in words]
    wanted = text.strip()
    found = []
    for i in range(len(words) if wanted else 0):
        j, held = i, parts[i].lstrip()
        while len(held.rstrip()) < len(wanted) and j + 1 < len(words):
            j += 1
            held += parts[j]
        if held.rstrip() == wanted:
            found.append((words[i][0].start, words[j][-1].end))
    if not found:
        close = did_you_mean(wanted, list(dict.fromkeys(part.strip() for part in parts)))
        raise AttrWidgetError(
            f"There is no word {short(text)} among the inputs{close}: write it as it stands there, or give its "
            "position."
        )
    if len(found) > 1:
        at = ", ".join(str(start) if stop == start + 1 else f"({start}, {stop})" for start, stop in found)
        raise AttrWidgetError(
            f"{short(text)} stands {len(found)} times among the inputs, at {at}: give the position that is meant."
        )
    return found[0]


def without_spaces(character: str) -> bool:
    """Return whether words of the character's script are written without spaces."""
    name = unicodedata.name(character, "")
    return name.startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"))


def _one_word(before: str, after: str) -> bool:
    joins = before[-1:].isalnum() and after[:1].isalnum()
    return joins and not (without_spaces(before[-1:]) or without_spaces(after[:1]))
