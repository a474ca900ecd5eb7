"""Find words that a tokenizer breaks into letters, whose tokens each say little."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from attrwidget.text.tokens import TextPiece

_LETTERS = 4  # in a row, each a token of its own
_SPACED = ("LATIN", "GREEK", "CYRILLIC")  # alphabets whose words other tokens hold whole


def broken_words(units: Iterable[TextPiece]) -> list[str]:
    """Return words of which four letters in a row are tokens of their own, each once; none for a model of letters."""
    words: list[list[str]] = []
    for unit in units:
        text = unit.text
        if words and text and not text[0].isspace() and text[0].isalpha() and words[-1][-1][-1:].isalpha():
            words[-1].append(text)
        elif text.strip():
            words.append([text.lstrip()])
    long = [
        pieces for pieces in words if sum(map(len, pieces)) >= _LETTERS and all(p.isalpha() for p in pieces)
    ]
    broken = [pieces for pieces in long if _has_run(pieces)]
    if 2 * len(broken) > len(long):
        return []
    return list(dict.fromkeys("".join(pieces) for pieces in broken))


def _has_run(pieces: list[str]) -> bool:
    """Return whether enough neighbouring *pieces* are single letters."""
    run = 0
    for piece in pieces:
        run = run + 1 if len(piece) == 1 and unicodedata.name(piece, "").startswith(_SPACED) else 0
        if run >= _LETTERS:
            return True
    return False
