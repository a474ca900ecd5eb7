"""How long a text an encoder can read."""

from __future__ import annotations

import pytest
from helpers.encoders import build, word_tokenizer

import attrwidget as aw


@pytest.mark.slow
def test_a_reader_of_roberta_s_kind_has_less_room() -> None:
    small = aw.load(build("roberta", "ForSequenceClassification"), word_tokenizer())
    assert small.explain("good " * 63).reading.n_inputs == 65
    with pytest.raises(aw.AttrWidgetError, match=r"67 tokens.*at most 65"):
        small.explain("good " * 65)
