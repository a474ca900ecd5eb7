"""A given output that goes on inside the prompt's last word, most often by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import regex  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from attrwidget.explanation import Explanation

# Unicode's word boundaries (UAX 29): what parts of one word begin with in scripts that write spaces.
_LETTER = r"[\p{WB=ALetter}\p{WB=Hebrew_Letter}\p{WB=Numeric}]"
_ENDS = regex.compile(rf"{_LETTER}\p{{WB=Extend}}*\Z")
_BEGINS = regex.compile(_LETTER)
_PART = regex.compile(r"n['’]t\b|\d")  # of a word or number that a prompt may well end inside
_SHOWN = 20  # characters of each word


def joined(prompt: Any, output: Any, explanation: Explanation) -> str | None:
    """Return a sentence when *prompt* and *output*, both texts, make one word where they meet, or None.

    What the model reads decides: a tokenizer may put a space there.
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
