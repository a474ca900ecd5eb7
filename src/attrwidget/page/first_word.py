"""Choose the word of the answer that a page explains before anybody points at one."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from attrwidget.results.base import Reading
    from attrwidget.text.tokens import TextPiece

_SHORTEST = 3  # letters of a content word, in scripts that put spaces between words
_ENGLISH = """
a an and are as at be been but by can could did do does for from had has have he her him his how i if in into is it its
may me might must my no nor not of on or our shall she should so than that the their them then there these they this
those to too us was we were what when where which while who whom whose why will with would you your
"""
_FUNCTION_WORDS = frozenset(_ENGLISH.split())


def first_word(reading: Reading) -> list[int]:
    """Return the steps of the word to explain first; none where nothing was generated.

    Of a text: the content word that surprised the model most, by its −log p, added up over its tokens; where no word
    has content, the most surprising one. A content word has a letter or a digit, is not a function word of English,
    and, in scripts with spaces, has three letters. Of a classifier: the likeliest class.
    """
    if reading.n_steps == 0:
        return []
    known = np.array(reading.steps["probability"], dtype=float)
    if reading.step_noun[0] == "class":
        return [0 if np.isnan(known).all() else int(np.nanargmax(known))]
    words = _words(reading)
    if not words:
        return [0]
    surprise = -np.log(np.clip(np.nan_to_num(known, nan=1.0), 1e-30, 1.0))
    content = [word for word in words if _has_content(_text(word))]
    best = max(content or words, key=lambda word: sum(surprise[step] for step in _steps(reading, word)))
    return _steps(reading, best)


def _words(reading: Reading) -> list[list[TextPiece]]:
    """Return the words of the answer: units that no space, and no script without spaces, keeps apart."""
    words: list[list[TextPiece]] = []
    for unit in reading.tokens.units:
        if unit.end <= reading.first_step or all(reading.tokens.special[unit.start : unit.end]):
            continue
        before = words[-1][-1] if words else None
        joins = before is not None and before.end == unit.start and _one_word(before.text, unit.text)
        if joins and reading.step_noun[0] == "token":
            words[-1].append(unit)
        else:
            words.append([unit])
    return [word for word in words if _steps(reading, word)]


def _steps(reading: Reading, word: list[TextPiece]) -> list[int]:
    steps = range(word[0].start - reading.first_step, word[-1].end - reading.first_step)
    return [step for step in steps if 0 <= step < reading.n_steps]


def _text(word: list[TextPiece]) -> str:
    return "".join(unit.text for unit in word).strip()


def _one_word(before: str, after: str) -> bool:
    joins = before[-1:].isalnum() and after[:1].isalnum()
    return joins and not (_without_spaces(before[-1:]) or _without_spaces(after[:1]))


def _without_spaces(character: str) -> bool:
    """Return whether words of the character's script are written without spaces."""
    name = unicodedata.name(character, "")
    return name.startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"))


def _has_content(text: str) -> bool:
    if not any(character.isalnum() for character in text) or text.casefold() in _FUNCTION_WORDS:
        return False
    return len(text) >= _SHORTEST or text.isdigit() or any(map(_without_spaces, text))
