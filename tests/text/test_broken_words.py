"""Words that a tokenizer breaks into letters."""

from __future__ import annotations

import pytest

from attrwidget.text.broken_words import broken_words
from attrwidget.text.tokens import TextPiece


@pytest.mark.parametrize(
    ("texts", "broken"),
    [
        ((" the", " c", "a", "p", "i", "tal", " of", " every", " land"), ["capital"]),
        ((" the", " cap", "i", "t", "al", " of", " every", " land"), []),  # three letters are no run
        ((" c", "a", "t", "s", " d", "o", "g", "s"), []),  # a model of letters
        ((" 東", "京", "都", "民", "機", "器"), []),  # characters are words here
        ((" some", " 1", "2", "3", "4", " words", " here"), []),  # digits are no letters
        ((), []),
    ],
)
def test_four_letters_in_a_row(texts: tuple[str, ...], broken: list[str]) -> None:
    assert broken_words([TextPiece(i, i + 1, text) for i, text in enumerate(texts)]) == broken
