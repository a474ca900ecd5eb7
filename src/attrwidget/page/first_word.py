"""Choose the word of the answer that a page explains before anybody points at one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.text.thoughts import thoughts_of
from attrwidget.text.words import without_spaces, words_of

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
    """Return the words of the answer after its thoughts; steps that are no tokens of a text are words by themselves."""
    words = words_of(reading.tokens, reading.first_step)
    if reading.step_noun[0] != "token":
        words = [[unit] for word in words for unit in word]
    words = [word for word in words if _steps(reading, word)]
    thoughts = thoughts_of(reading.tokens, reading.first_step)
    after = [word for word in words if not any(a <= word[0].start < b for a, b in thoughts)]
    return after or words


def _steps(reading: Reading, word: list[TextPiece]) -> list[int]:
    steps = range(word[0].start - reading.first_step, word[-1].end - reading.first_step)
    return [step for step in steps if 0 <= step < reading.n_steps]


def _text(word: list[TextPiece]) -> str:
    return "".join(unit.text for unit in word).strip()


def _has_content(text: str) -> bool:
    if not any(character.isalnum() for character in text) or text.casefold() in _FUNCTION_WORDS:
        return False
    return len(text) >= _SHORTEST or text.isdigit() or any(map(without_spaces, text))
