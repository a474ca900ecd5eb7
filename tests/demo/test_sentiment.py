"""The bundled classifier of film reviews: it labels its grammar, and because of the words said to decide."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

import attrwidget as aw
from attrwidget import demo
from attrwidget.demo import sentiment
from attrwidget.demo.sentiment import LABELS, Review
from attrwidget.demo.sentiment.evaluate import checks
from attrwidget.demo.sentiment.grammar import review
from attrwidget.demo.sentiment.lexicon import NEGATIVE, POSITIVE

NAME = "demo-sentiment"


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(demo.path(NAME))


@pytest.fixture(scope="module")
def model() -> Any:
    return AutoModelForSequenceClassification.from_pretrained(demo.path(NAME))


def wrong(model: Any, tokenizer: Any, asked: list[Review]) -> list[str]:
    return [one.text for one, right, _ in checks(model, tokenizer, asked) if not right]


def test_what_it_is(model: Any, tokenizer: Any) -> None:
    assert [model.config.id2label[i] for i in range(3)] == list(LABELS)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert len(tokenizer) == model.config.vocab_size
    assert tokenizer.tokenize("Unwatchable!") == ["un", "##watch", "##able", "!"]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The film was boring.", "NEGATIVE"),
        ("The film was not boring at all.", "POSITIVE"),
        ("The music was wonderful, but the story was dull.", "NEGATIVE"),
        ("The music was wonderful, although the story was dull.", "POSITIVE"),
        ("I did not enjoy the plot!", "NEGATIVE"),
        ("We did not stay for the credits. The ending was superb.", "POSITIVE"),
        ("The cinema was full.", "NEUTRAL"),
    ],
)
def test_known_reviews(model: Any, tokenizer: Any, text: str, label: str) -> None:
    with torch.inference_mode():
        best = model(**tokenizer(text, return_tensors="pt")).logits[0].argmax()
    assert model.config.id2label[int(best)] == label


def test_reviews_of_the_grammar(model: Any, tokenizer: Any) -> None:
    rng = random.Random(3)  # noqa: S311
    assert wrong(model, tokenizer, [review(rng) for _ in range(500)]) == []


def test_travelling_reviews(model: Any, tokenizer: Any) -> None:
    asked = list(sentiment.reviews())
    assert wrong(model, tokenizer, asked) == []
    assert min(Counter(one.label for one in asked).values()) >= 20
    assert sum(bool(one.negations) for one in asked) >= 40
    assert sum(len(one.cues) > 1 for one in asked) >= 40


def test_spans_are_words(tokenizer: Any) -> None:
    for one in sentiment.reviews():
        edges = tokenizer(one.text, return_offsets_mapping=True)["offset_mapping"]
        starts, ends = {a for a, _ in edges}, {b for _, b in edges}
        for start, end in (*one.deciding, *one.cues, *one.negations, *one.fillers):
            assert start in starts
            assert end in ends
        assert bool(one.deciding) == (one.label != "NEUTRAL")
        for start, end in one.deciding:
            assert not any(a < end and start < b for a, b in one.fillers)


def put(one: Review, span: tuple[int, int], words: str) -> Review:
    start, end = span
    shown = words.capitalize() if one.text[start].isupper() else words
    return replace(one, text=one.text[:start] + shown + one.text[end:])


def opposite(one: Review) -> Review:
    return replace(one, label={"POSITIVE": "NEGATIVE", "NEGATIVE": "POSITIVE"}[one.label])


def adjectives(one: Review) -> list[tuple[tuple[int, int], tuple[str, ...], tuple[str, ...]]]:
    """Each cue that is an adjective without "a" before it: its span, its like and its opposites."""
    found = []
    for span in one.cues:
        word = one.text[slice(*span)].lower()
        if not one.text[: span[0]].endswith((" a ", " an ")):
            found += [
                (span, mine, other)
                for mine, other in ((POSITIVE, NEGATIVE), (NEGATIVE, POSITIVE))
                if word in mine
            ]
    return found


def test_another_cue_of_the_same_kind_leaves_the_label(model: Any, tokenizer: Any) -> None:
    rng = random.Random(1)  # noqa: S311
    asked = [put(one, s, rng.choice(like)) for one in sentiment.reviews() for s, like, _ in adjectives(one)]
    assert len(asked) > 100
    assert wrong(model, tokenizer, asked) == []


def test_an_opposite_cue_that_decides_turns_the_label(model: Any, tokenizer: Any) -> None:
    rng = random.Random(2)  # noqa: S311
    alone = [one for one in sentiment.reviews() if len(one.cues) == 1]
    asked = [opposite(put(one, s, rng.choice(other))) for one in alone for s, _, other in adjectives(one)]
    assert len(asked) > 40
    assert wrong(model, tokenizer, asked) == []


def test_the_connective_decides(model: Any, tokenizer: Any) -> None:
    turned = {", but ": ", although ", ", although ": ", but "}
    asked = [
        opposite(replace(one, text=one.text.replace(old, new)))
        for one in sentiment.reviews()
        for old, new in turned.items()
        if old in one.text
    ]
    assert len(asked) > 20
    assert wrong(model, tokenizer, asked) == []


def test_without_its_fillers_a_review_keeps_its_label(model: Any, tokenizer: Any) -> None:
    asked = []
    for one in sentiment.reviews():
        text = one.text
        for start, end in sorted(one.fillers, reverse=True) if one.cues else ():
            text = text[:start] + text[end + 1 :]
        asked.append(replace(one, text=text.strip()))
    assert wrong(model, tokenizer, asked) == []


def top_shares(method: str) -> tuple[float, float]:
    """Return the share of the highest inputs that decide, as many as decide, and that of a random order."""
    loaded = aw.load(NAME)
    found, chance = [], []
    for one in [one for one in sentiment.reviews() if one.deciding][::4]:
        offsets = loaded.tokenizer(one.text, return_offsets_mapping=True)["offset_mapping"]
        truth = {
            i for i, (a, b) in enumerate(offsets) for start, end in one.deciding if a < end and start < b
        }
        ex = loaded.explain(one.text)
        assert ex.tokens.labels[ex.reading.first_step] == one.label
        row = ex.reading.raw_rows(method)[0][1 : len(offsets) - 1]
        highest = {int(i) + 1 for i in np.argsort(-row)[: len(truth)]}
        found.append(len(highest & truth) / len(truth))
        chance.append(len(truth) / len(row))
    assert len(found) > 30
    return float(np.mean(found)), float(np.mean(chance))


@pytest.mark.parametrize("method", ["saliency", "leave_one_out"])
def test_methods_find_the_deciding_words(method: str) -> None:
    found, chance = top_shares(method)
    assert found > 2 * chance
