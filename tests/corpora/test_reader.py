"""It is known where each token stands, and to which word it belongs, in every script and with special tokens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer

import attrwidget as aw
from attrwidget.corpora.read_text import unit_heads
from attrwidget.corpora.reader import Reader
from attrwidget.corpora.texts import plain_text


def test_tokens_stand_where_their_text_does_and_special_ones_nowhere(masked: Any) -> None:
    text = "  The capital\tof Japan is Tokyo."
    read = Reader(masked).encode(plain_text(text))
    assert read.spans[0] == read.spans[-1] == (0, 0)
    named = [text[slice(*read.words[word])] for at in read.tokens() if (word := read.word_of(at)) is not None]
    assert [name for k, name in enumerate(named) if k == 0 or named[k - 1] != name] == [
        "The", "capital", "of", "Japan", "is", "Tokyo", ".",
    ]  # fmt: skip


def test_a_word_has_all_its_tokens() -> None:
    model: Any = aw.load(build("gpt2"), byte_tokenizer())
    text = "Grüße, 東京!"
    read = Reader(model).encode(plain_text(text))
    words = [text[a:b] for a, b in read.words]
    assert words == ["Grüße", ",", "東", "京", "!"]
    for word, name in enumerate(words):
        spans = [read.spans[token] for token in read.tokens_of(word)]
        assert text[min(a for a, _ in spans) : max(b for _, b in spans)] == name
    assert sorted(token for word in range(len(words)) for token in read.tokens_of(word)) == [
        token for token in read.tokens() if text[slice(*read.spans[token])].strip()
    ]


def test_each_head_has_length_one() -> None:
    outputs = torch.tensor([[[3.0, 4.0], [0.0, 0.0]], [[0.0, 2.0], [1.0, 0.0]]])
    np.testing.assert_allclose(unit_heads(outputs, [0, 1]), [[0.6, 0.8, 0, 0], [0, 1, 1, 0]])


def test_a_tokenizer_that_does_not_show_its_tokens_is_refused(
    masked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(masked)
    monkeypatch.setattr(type(reader.adapter.tokenizer), "is_fast", False)
    with pytest.raises(aw.AttrWidgetError, match="load the fast tokenizer"):
        reader.encode(plain_text("Hello!"))


def test_other_weights_have_another_fingerprint(masked: Any) -> None:
    same, other = aw.load("demo-masked"), aw.load("demo-masked")
    with torch.no_grad():
        other.hf.get_input_embeddings().weight[-1, -1] += 1
    assert Reader(masked).fingerprint() == Reader(same).fingerprint() != Reader(other).fingerprint()
