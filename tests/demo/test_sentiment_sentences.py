"""Sentences that no grammar made: from very positive to very negative, and the words that decide them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

import attrwidget as aw
from attrwidget import demo
from attrwidget.demo.sentiment import BIASED, PLAIN, positivity
from attrwidget.demo.sentiment import sentences as by_hand
from attrwidget.demo.sentiment.words import BLAME, PRAISE, STRONG_BLAME, STRONG_PRAISE, THINGS

BANDS = {
    "VERY_POSITIVE": (0.85, 1.0),
    "POSITIVE": (0.5, 1.0),
    "NEUTRAL": (0.4, 0.6),
    "NEGATIVE": (0.0, 0.35),
    "VERY_NEGATIVE": (0.0, 0.15),
}


def positivities(name: str, texts: tuple[str, ...]) -> list[float]:
    """How positive each text is, as plain Transformers has it."""
    tokenizer = AutoTokenizer.from_pretrained(demo.path(name))
    model = AutoModelForSequenceClassification.from_pretrained(demo.path(name))
    with torch.inference_mode():
        rows = model(**tokenizer(list(texts), return_tensors="pt", padding=True)).logits.softmax(-1).tolist()
    return [positivity(tuple(row)) for row in rows]


@pytest.mark.parametrize("band", BANDS)
def test_sentences_written_by_hand_fall_where_people_put_them(band: str) -> None:
    low, high = BANDS[band]
    texts = getattr(by_hand, band)
    outside = {
        text: round(found, 2)
        for text, found in zip(texts, positivities(PLAIN.name, texts), strict=True)
        if not low <= found <= high
    }
    assert outside == {}


def test_neutral_is_near_one_half() -> None:
    found = positivities(PLAIN.name, by_hand.NEUTRAL)
    assert np.mean(found) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("reader", [PLAIN, BIASED], ids=lambda reader: reader.name)
def test_everyday_words_are_whole(reader: Any) -> None:
    tokenizer = AutoTokenizer.from_pretrained(reader.folder)
    asked = ["fantastic", "performance", "quality", "disappointed", "special", "nothing", "recommend"]
    words = [*asked, *STRONG_PRAISE, *PRAISE, *STRONG_BLAME, *BLAME, *THINGS]
    pieces = {word: tokenizer.tokenize(word) for word in words if word != "old-fashioned"}
    assert [pieces[word] for word in asked] == [[word] for word in asked]
    assert len(pieces) > 300
    split = {word for word, found in pieces.items() if len(found) > 1}
    assert len(split) <= 12  # the film reviews' own, which show what pieces look like
    assert not [word for word in split if max(map(len, pieces[word])) < 3]
    assert len(tokenizer) > 800


def test_the_word_that_praises_or_blames_is_the_highest() -> None:
    model = aw.load(PLAIN.name)
    hits = Counter()
    for text, word in (
        ("It was a fantastic performance!", "fantastic"),
        ("That is a terrible movie.", "terrible"),
        ("I was disappointed with the quality.", "disappointed"),
        ("I absolutely loved this movie.", "loved"),
        ("What a masterpiece!", "masterpiece"),
        ("The room was clean.", "clean"),
        ("This novel is boring.", "boring"),
        ("The staff was rude.", "rude"),
    ):
        ex = model.explain(text)
        for method in ("saliency", "leave_one_out"):
            row = np.abs(ex.reading.raw_rows(method)[0])[1:-1]
            hits[method] += ex.tokens.labels[1 + int(np.nanargmax(row))] == word
    assert min(hits[method] for method in ("saliency", "leave_one_out")) >= 7


def test_a_word_that_it_does_not_know_says_nothing() -> None:
    found = positivities(PLAIN.name, ("The zorgy was good.", "The qavel was awful.", "The film was brimbly."))
    assert found[0] > 0.65
    assert found[1] < 0.15
    assert found[2] == pytest.approx(0.5, abs=0.1)
