"""Words and lines: where lines break, and where words stand that are written from right to left."""

from __future__ import annotations

import pytest

from attrwidget.figures.bidi import levels_of, right_to_left, visual_order
from attrwidget.figures.fonts import Fonts
from attrwidget.figures.lines import lines_of


def lines(texts: list[str], room: float) -> list[str]:
    fonts = Fonts("".join(texts))
    placed = lines_of(texts, fonts, 8, room)
    return ["".join(p.piece.text for p in sorted(line, key=lambda p: p.left)) for line in placed]


def test_lines_break_at_spaces_and_newlines_and_inside_what_is_too_wide() -> None:
    assert lines(["one", " two", " three"], 40) == ["one two", "three"]
    assert lines(["one\n\ntwo"], 100) == ["one\n", "\n", "two"]
    assert "".join(lines(["a" * 60], 40)) == "a" * 60
    assert lines(["東京", "日本"], 18) == ["東京", "日本"]


def test_a_word_of_several_tokens_stays_together_and_is_as_wide_as_one() -> None:
    fonts = Fonts("AVAV")
    [line] = lines_of(["AV", "AV"], fonts, 8, 100)
    assert line[-1].left + line[-1].width == pytest.approx(fonts.width("AVAV", 8))


def test_arabic_begins_at_the_right_and_numbers_in_it_do_not_turn() -> None:
    texts = ["عاصمة", " اليابان", " 2024", " Tokyo"]
    [line] = lines_of(texts, Fonts("".join(texts)), 8, 200)
    left = {place.piece.text: place.left for place in line}
    assert left["عاصمة"] > left["اليابان"] > left["2024"] > left["Tokyo"]
    assert max(place.left + place.width for place in line) == pytest.approx(200)


def test_levels_are_those_of_the_algorithm() -> None:
    # UAX 9, 3.4: "car means CAR." and 'he said "CAR MEANS car."', upper case from right to left.
    words = ["he", " ", "said", " ", "ש", " ", "ש"]
    assert levels_of(words, 0) == [0, 0, 0, 0, 1, 1, 1]
    assert visual_order([0, 0, 0, 0, 1, 1, 1]) == [0, 1, 2, 3, 6, 5, 4]
    assert levels_of(["ש", " ", "car", " ", "means"], 1) == [1, 1, 2, 2, 2]
    assert visual_order([1, 1, 2, 2, 2]) == [2, 3, 4, 1, 0]
    assert visual_order(levels_of(["a", " ", "ש", " ", "5"], 0)) == [0, 1, 4, 3, 2]
    assert right_to_left("… שלום")
    assert not right_to_left("a ש")
