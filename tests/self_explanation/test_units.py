"""Texts are cut into words that joined are the text, and can be left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import attrwidget as aw
from attrwidget.self_explanation.units import plain, units_of


@given(st.text(max_size=60))
def test_words_joined_are_the_text(text: str) -> None:
    try:
        units = units_of(text)
    except aw.AttrWidgetError:
        return
    assert units.whole == text
    assert all(unit.strip() for unit in units.texts)


def test_words_and_characters() -> None:
    assert units_of("A fine (old) film.").texts == ("A ", "fine ", "(old) ", "film.")
    assert units_of("我喜歡 AI。").texts == ("我", "喜", "歡 ", "AI。")
    units = units_of(["One. ", "Two."])
    assert units.numbered == "1. One.\n2. Two."
    assert units.without([1]) == "One."
    assert units.named([1, 0]) == "“One.”, “Two.”"


@pytest.mark.parametrize("text", ["", "word", "   ", 7, ["one"], ["one", ""], ["one", 2], "w " * 151])
def test_what_is_no_text_of_words(text: object) -> None:
    with pytest.raises(aw.AttrWidgetError, match="text"):
        units_of(text)  # type: ignore[arg-type]


def test_words_are_compared_without_marks() -> None:
    assert {plain(word) for word in ("Good", "ĠGood", "▁good", "##good", "“good”,", "good.")} == {"good"}
    assert plain("don’t") == plain("don't")
    assert plain("(") == "("
