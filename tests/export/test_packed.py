"""The packed text of a page, decoded number by number."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.exported import unpacked, unpacked_text

from attrwidget.export.packed import pack_data, pack_text


@pytest.mark.parametrize(
    "text", ["", "a", "</script><!-- é 東 &amp;", "x" * 99, *("ab"[:1] * k for k in range(2, 9))]
)
def test_text_comes_back_and_means_nothing_in_html(text: str) -> None:
    packed = pack_text(text)
    assert unpacked_text(packed).decode() == text
    assert not set(packed) & set("<&\"'\\ \n")


def test_arrays_come_back_as_their_bytes() -> None:
    arrays = [
        np.array([[0.1, np.nan], [-2.5e-20, np.inf]], "f4"),
        np.arange(1000, dtype="u2")[::-3],
        np.array([7, 0, 255], "u1"),
        np.zeros((0, 3), "f4"),
    ]
    data = unpacked(
        pack_data({"a": arrays[0], "b": {"c": arrays[1], "d": [arrays[2]]}, "e": arrays[3], "f": "\u2028é"})
    )
    found = [data["a"], data["b"]["c"], data["b"]["d"][0], data["e"]]
    assert found == [array.tobytes() for array in arrays]
    assert data["f"] == "\u2028é"


def test_a_page_is_the_same_whenever_it_is_written() -> None:
    assert pack_data({"a": np.arange(9, dtype="f4")}) == pack_data({"a": np.arange(9, dtype="f4")})
