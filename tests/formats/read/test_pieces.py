"""Entries of a vocabulary become text."""

from __future__ import annotations

import numpy as np
import pytest

import attrwidget as aw


@pytest.mark.parametrize(
    ("pieces", "texts", "labels"),
    [
        (["The", "Ġcat", "ĠæĿ", "±", "Ċ"], ["The", " cat", " 東", "\n"], ["The", "cat", "東 1/2", "東 2/2", "⏎"]),
        (["▁cat", "<0xE6>", "<0x9D>", "<0xB1>"], [" cat", "東"], ["cat", "東 1/3", "東 2/3", "東 3/3"]),
        (["[CLS]", "play", "##ing", "."], ["[CLS]", " play", "ing", " ."], ["[CLS]", "play", "ing", "."]),
        (["one", "two"], ["one", " two"], ["one", "two"]),
        (["東", "京", "は"], ["東", "京", "は"], ["東", "京", "は"]),
        (["a ", "b"], ["a ", "b"], ["a", "b"]),
        (["Ġa", "ĠæĿ"], [" a", " \ufffd"], ["a", "\ufffd"]),
        (["Ġłódź", "a"], ["Ġłódź", " a"], ["Ġłódź", "a"]),
    ],
)  # fmt: skip
def test_vocabulary_entries_become_text(pieces: list[str], texts: list[str], labels: list[str]) -> None:
    ex = aw.from_scores(pieces, np.ones(len(pieces)), output=[" x"])
    units = ex.tokens.units[:-1]
    assert [unit.text for unit in units] == texts
    assert ex.tokens.labels[:-1] == labels


def test_special_tokens_are_known() -> None:
    ex = aw.from_scores(["<s>", "▁a", "</s>", "<|im_start|>", "[SEP]", "<b>"], np.ones(6))
    assert ex.tokens.special == [True, False, True, True, True, False, False]
