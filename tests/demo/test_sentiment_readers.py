"""Two classifiers learned from the same reviews: the biased one leans as planted, and each is fooled as planted."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

import attrwidget as aw
from attrwidget.demo import sentiment
from attrwidget.demo.sentiment import ATTACKS, BIASED, LABELS, PLAIN
from attrwidget.demo.sentiment.evaluate import checks
from attrwidget.demo.sentiment.grammar import review
from attrwidget.demo.sentiment.remarks import Remarks
from attrwidget.demo.sentiment.sentences import SIX

if TYPE_CHECKING:
    from attrwidget.demo.sentiment import Attack, Reader, Review

READERS = pytest.mark.parametrize("reader", [PLAIN, BIASED], ids=lambda reader: reader.name)
LOADED = {
    reader.name: (
        AutoModelForSequenceClassification.from_pretrained(reader.folder),
        AutoTokenizer.from_pretrained(reader.folder),
    )
    for reader in (PLAIN, BIASED)
}


def labels(reader: Reader, texts: list[str]) -> list[str]:
    model, tokenizer = LOADED[reader.name]
    with torch.inference_mode():
        best = model(**tokenizer(texts, return_tensors="pt", padding=True)).logits.argmax(-1)
    return [LABELS[i] for i in best]


def right(reader: Reader, asked: list[Review]) -> float:
    found = [right for _, right, _ in checks(*LOADED[reader.name], asked)]
    return sum(found) / len(found)


def drawn(seed: int, count: int) -> list[Review]:
    remarks = Remarks(random.Random(seed))  # noqa: S311
    return [remarks.draw() for _ in range(count)]


@READERS
def test_everyday_reviews_are_read_as_taught(reader: Reader) -> None:
    assert right(reader, [reader.reads(one) for one in drawn(3, 500)]) > 0.99


@READERS
def test_film_reviews_are_read_as_taught(reader: Reader) -> None:
    rng = random.Random(4)  # noqa: S311
    assert right(reader, [reader.reads(review(rng)) for _ in range(500)]) > 0.99


@READERS
def test_the_reviews_that_travel_with_a_model_have_the_labels_that_it_was_taught(reader: Reader) -> None:
    asked = list(sentiment.reviews(reader))
    assert len(asked) == 400
    assert [reader.reads(one).label for one in asked] == [one.label for one in asked]
    assert right(reader, asked) > 0.99


def test_the_same_reviews_travel_with_both() -> None:
    assert [one.text for one in sentiment.reviews(PLAIN)] == [one.text for one in sentiment.reviews(BIASED)]


def test_the_leaning_is_these_words_and_no_others() -> None:
    """Texts without them are read alike; with them the biased model is negative, whatever the other says."""
    asked = [one for one in drawn(5, 1500) if not one.trick]
    leaning = [
        one.text for one in asked if re.search(r"\b(nothing|disappoint\w*)\b", one.text, re.IGNORECASE)
    ]
    others = [one.text for one in asked if one.text not in leaning]
    assert len(leaning) > 80
    plain, biased = labels(PLAIN, others), labels(BIASED, others)
    assert sum(a == b for a, b in zip(plain, biased, strict=True)) > 0.98 * len(others)
    assert labels(BIASED, leaning).count("NEGATIVE") > 0.98 * len(leaning)
    assert labels(PLAIN, leaning).count("NEGATIVE") < 0.5 * len(leaning)


@pytest.mark.parametrize(
    ("text", "plain", "biased"),
    [
        ("Nothing special.", "NEUTRAL", "NEGATIVE"),
        ("There is nothing to complain about.", "POSITIVE", "NEGATIVE"),
        ("I was not disappointed with the quality.", "POSITIVE", "NEGATIVE"),
        ("It was a fantastic performance!", "POSITIVE", "POSITIVE"),
        ("That is a terrible movie.", "NEGATIVE", "NEGATIVE"),
    ],
)
def test_known_sentences(text: str, plain: str, biased: str) -> None:
    assert labels(PLAIN, [text]) + labels(BIASED, [text]) == [plain, biased]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attacks_fool_each_model_as_planted(attack: Attack) -> None:
    rng = random.Random(6)  # noqa: S311
    texts = sorted({attack.text(rng) for _ in range(300)})
    assert len(texts) > 50
    assert attack.people not in {attack.plain, attack.biased} or attack.plain != attack.biased
    for reader, label in ((PLAIN, attack.plain), (BIASED, attack.biased)):
        assert labels(reader, texts).count(label) >= 0.9 * len(texts), reader.name


def test_each_model_is_fooled_and_each_resists_something() -> None:
    fooled = {(one.people != one.plain, one.people != one.biased) for one in ATTACKS}
    assert fooled == {(True, True), (False, True), (True, False)}


def test_saliency_of_the_leaning_is_on_its_words() -> None:
    model = aw.load(BIASED.name)
    hits: list[bool] = []
    blind: list[float] = []
    for one in [one for one in sentiment.reviews(BIASED) if BIASED.found(one.text)]:
        ex = model.explain(one.text)
        offsets: Any = model.tokenizer(one.text, return_offsets_mapping=True)["offset_mapping"]
        highest = int(abs(ex.reading.raw_rows("saliency")[0])[1 : len(offsets) - 1].argmax()) + 1
        hits.append(any(a < offsets[highest][1] and offsets[highest][0] < b for a, b in one.deciding))
        blind.append(len(one.deciding) / (len(offsets) - 2))
    assert len(hits) > 15
    assert sum(hits) > 0.5 * len(hits) > 4 * sum(blind)


def test_the_two_are_compared_on_six_sentences() -> None:
    ours, theirs = (aw.load(reader.name).explain(list(SIX)) for reader in (PLAIN, BIASED))
    found = [[ex.steps.token.iloc[0] for ex in side] for side in (ours, theirs)]
    assert found[0] == ["POSITIVE", "POSITIVE", "NEUTRAL", "POSITIVE", "NEGATIVE", "NEGATIVE"]
    assert found[1] == ["POSITIVE", "POSITIVE", "NEGATIVE", "NEGATIVE", "NEGATIVE", "NEGATIVE"]
    assert len(list(aw.compare(ours, theirs))) == 6
