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
_ENDS = frozenset(".!?:;…。！？：；")
_FUNCTION_WORDS = frozenset(_ENGLISH.split())


def first_word(reading: Reading) -> list[int]:
    """Return the steps of the word to explain first; none where nothing was generated.

    Of a text, one of the first of these that it has: names and numbers that are not in the prompt, other names and
    numbers, content words, any words; of them, the one that surprised the model most, by its −log p, added up over its
    tokens. A name begins with a capital letter inside a sentence; of several side by side the first is explained. A
    content word has a letter or a digit, is not a function word of English, and, in scripts with spaces, has three
    letters. Of a classifier, the likeliest class.
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
    content = [[word] for word in words if _has_content(_text(word))]
    names = _names(reading, words) if reading.step_noun[0] == "token" else []
    given = {_text(word) for word in words_of(reading.tokens, 0) if word[-1].end <= reading.first_step}
    new = [name for name in names if _text(name[0]) not in given]

    def surprise_of(phrase: list[list[TextPiece]]) -> float:
        return float(sum(surprise[step] for word in phrase for step in _steps(reading, word)))

    return _steps(reading, max(new or names or content or [[word] for word in words], key=surprise_of)[0])


def _words(reading: Reading) -> list[list[TextPiece]]:
    """Return the words of the answer after its thoughts; steps that are no tokens of a text are words by themselves."""
    words = words_of(reading.tokens, reading.first_step)
    if reading.step_noun[0] != "token":
        words = [[unit] for word in words for unit in word]
    words = [word for word in words if _steps(reading, word)]
    thoughts = thoughts_of(reading.tokens, reading.first_step)
    after = [word for word in words if not any(a <= word[0].start < b for a, b in thoughts)]
    return after or words


def _names(reading: Reading, words: list[list[TextPiece]]) -> list[list[list[TextPiece]]]:
    """Return the names and numbers of *words*, those side by side as one."""
    found: list[list[list[TextPiece]]] = []
    begins = _begins_sentence(reading, words[0][0].start)
    goes_on = False
    for word in words:
        text = _text(word)
        begins = begins or "\n" in word[0].text
        is_name = not begins and _is_name(text)
        if is_name and goes_on:
            found[-1].append(word)
        elif is_name:
            found.append([word])
        goes_on = is_name
        if any(map(str.isalnum, text)):
            begins = False
        elif not _ENDS.isdisjoint(text):
            begins = True
    return found


def _begins_sentence(reading: Reading, position: int) -> bool:
    """Return whether the token at *position* begins a text, a message or a sentence."""
    tokens = reading.tokens
    before = next((unit for unit in reversed(tokens.units) if unit.end == position), None)
    if before is None or all(tokens.special[before.start : before.end]):
        return True
    return "\n" in before.text or before.text.strip()[-1:] in _ENDS


def _steps(reading: Reading, word: list[TextPiece]) -> list[int]:
    steps = range(word[0].start - reading.first_step, word[-1].end - reading.first_step)
    return [step for step in steps if 0 <= step < reading.n_steps]


def _text(word: list[TextPiece]) -> str:
    return "".join(unit.text for unit in word).strip()


def _is_name(text: str) -> bool:
    if text.isdigit():
        return True
    return text[:1].isupper() and text[1:2].isalnum() and text.casefold() not in _FUNCTION_WORDS


def _has_content(text: str) -> bool:
    if not any(character.isalnum() for character in text) or text.casefold() in _FUNCTION_WORDS:
        return False
    return len(text) >= _SHORTEST or text.isdigit() or any(map(without_spaces, text))
