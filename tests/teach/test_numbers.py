"""Numbers as they are typed; js/panels/question/mark.test.ts reads the same cases."""

from __future__ import annotations

import json
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrwidget.teach.keys import plain
from attrwidget.teach.numbers import agrees, is_precise, needed_unit, read_number

CASES = json.loads((Path(__file__).parents[1] / "fixtures/question.json").read_text("utf-8"))


@pytest.mark.parametrize(("text", "value", "unit"), CASES["numbers"])
def test_numbers_are_read(text: str, value: float | None, unit: float | None) -> None:
    typed = read_number(text)
    assert typed is None if value is None else typed == pytest.approx((value, unit))


@pytest.mark.parametrize(("text", "key", "expected"), CASES["agrees"])
def test_a_number_is_compared_as_far_as_its_digits_go(text: str, key: float, expected: bool) -> None:
    typed = read_number(text)
    assert typed is not None
    assert agrees(typed, key) is expected


@pytest.mark.parametrize(("key", "unit"), CASES["unit"])
def test_two_figures_or_what_the_widget_prints_are_needed(key: float, unit: float) -> None:
    assert needed_unit(key) == pytest.approx(unit)


@pytest.mark.parametrize(("text", "expected"), CASES["plain"])
def test_texts_are_compared_in_a_plain_form(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.decimals(-50, 50, places=6, allow_nan=False), st.integers(1, 5))
def test_what_is_rounded_or_cut_off_is_right_and_two_units_away_is_not(key: Decimal, places: int) -> None:
    unit = Decimal(1).scaleb(-places)
    for rule in (ROUND_HALF_UP, ROUND_DOWN):
        typed = read_number(str(key.quantize(unit, rule)))
        assert typed is not None
        assert agrees(typed, float(key))
        assert is_precise(typed, float(key)) is (float(unit) <= needed_unit(float(key)) * 1.000001)
    for away in (2 * unit, -2 * unit):
        typed = read_number(str(key.quantize(unit, ROUND_HALF_UP) + away))
        assert typed is not None
        assert not agrees(typed, float(key))


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_is_refused(text: str) -> None:
    typed = read_number(text)
    assert typed is None or typed.unit > 0
    assert plain(plain(text)) == plain(text)
