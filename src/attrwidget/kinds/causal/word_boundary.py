"""Warn of an output that continues the last word of the prompt, which is most often a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import regex  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from attrwidget.explanation import Explanation

# Letters by Unicode's word boundaries (UAX 29), in scripts that write spaces between words.
_LETTER = r"[\p{WB=ALetter}\p{WB=Hebrew_Letter}\p{WB=Numeric}]"
_ENDS = regex.compile(rf"{_LETTER}\p{{WB=Extend}}*\Z")
_BEGINS = regex.compile(_LETTER)
_PART = regex.compile(r"n['’]t\b|\d")  # a prompt may well end inside such a word or number
_SHOWN = 20  # characters of each word


def joined_word_warning(prompt: Any, output: Any, explanation: Explanation) -> str | None:
    """Return a warning if the last word of *prompt* and the first of *output*, both texts, make one word.

    The tokens decide: a tokenizer may put a space between the two.
    """
    if not (isinstance(prompt, str) and isinstance(output, str)):
        return None
    if not (_ENDS.search(prompt) and _BEGINS.match(output)) or _PART.match(output):
        return None
    first = next(u.text for u in explanation.tokens.units if u.start == explanation.reading.first_step)
    if first[:1].isspace():
        return None
    before, word = prompt.split()[-1][-_SHOWN:], output.split()[0][:_SHOWN]
    instead = f"write output={' ' + word!r}" if output == word else "begin output with a space"
    return f"The output continues the prompt's last word, “{before}{word}”: to start a new word, {instead}."
