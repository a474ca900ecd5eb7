"""Numbers and texts as they stand in sentences."""

from __future__ import annotations

from typing import Any

import pytest

from attrwidget.still.sentences import numeral, printable


@pytest.mark.parametrize(
    ("value", "options", "text"),
    [
        (0.1812, {}, ".181"),
        (-0.0341, {"signed": True}, "−.034"),
        (0.5, {"signed": True}, "+.500"),
        (1.0, {}, "1.000"),
        (0, {"signed": True}, "0"),
        (12.34, {}, "12.3"),
        (345.6, {}, "346"),
        (0.0123, {"high": 0.05}, ".0123"),
        (0.00012, {"high": 0.0005}, "1.2e−4"),
        (12345.0, {}, "1.2e4"),
        (float("nan"), {}, "·"),
    ],
)
def test_numerals_are_short(value: float, options: dict[str, Any], text: str) -> None:
    assert numeral(value, **options) == text


def test_readable_text_is_printed_as_it_is() -> None:
    assert printable("é 東 ∅") == "é 東 ∅"
