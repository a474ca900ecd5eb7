"""The bundled masked language model: it fills every mask of its grammar, because of the words said to decide."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer

import attrwidget as aw
from attrwidget import demo
from attrwidget.demo import masked
from attrwidget.demo.causal.facts import FACTS
from attrwidget.demo.masked.evaluate import checks, word_ids
from attrwidget.demo.masked.grammar import whole_grammar

if TYPE_CHECKING:
    from attrwidget.demo.masked import Gaps

NAME = "demo-masked"


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(demo.path(NAME))


@pytest.fixture(scope="module")
def model() -> Any:
    return AutoModelForMaskedLM.from_pretrained(demo.path(NAME))


def wrong(model: Any, tokenizer: Any, asked: list[Gaps]) -> list[str]:
    return [one.text for one, right, _ in checks(model, tokenizer, asked) if not right]


def test_what_it_is(model: Any, tokenizer: Any) -> None:
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert len(tokenizer) == model.config.vocab_size
    ids = tokenizer("The capital of France is [MASK].", add_special_tokens=False)["input_ids"]
    assert tokenizer.convert_ids_to_tokens(ids) == [
        "The", "Ġcapital", "Ġof", "ĠFrance", "Ġis", "[MASK]", ".",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("The capital of France is [MASK].", ["Paris"]),
        ("The capital of [MASK] is Paris.", ["France"]),
        ("The [MASK] of France is Paris.", ["capital"]),
        ("The first president of America is [MASK] [MASK].", ["George", "Washington"]),
        ("The first president of America is George [MASK].", ["Washington"]),
        ("The capital of France is [MASK]. The currency of Japan is the [MASK].", ["Paris", "yen"]),
    ],
)
def test_known_sentences(model: Any, tokenizer: Any, text: str, answers: list[str]) -> None:
    encoded = tokenizer(text, return_tensors="pt")
    with torch.inference_mode():
        best = model(**encoded).logits[encoded["input_ids"] == tokenizer.mask_token_id].argmax(-1)
    assert [tokenizer.decode(i).strip() for i in best] == answers


def test_sentences_of_the_grammar(model: Any, tokenizer: Any) -> None:
    rng = random.Random(3)  # noqa: S311
    assert wrong(model, tokenizer, rng.sample(list(whole_grammar().values()), 500)) == []


def test_travelling_sentences(model: Any, tokenizer: Any) -> None:
    asked = list(masked.sentences())
    assert wrong(model, tokenizer, asked) == []
    assert min(Counter(one.masked for one in asked).values()) >= 20
    assert sum(len(one.masks) > 1 for one in asked) >= 50


def test_spans_agree_with_the_tokenizer(tokenizer: Any) -> None:
    for one in masked.sentences():
        encoded = tokenizer(one.text, return_offsets_mapping=True)
        edges = encoded["offset_mapping"]
        masks = [
            edge for edge, i in zip(edges, encoded["input_ids"], strict=True) if i == tokenizer.mask_token_id
        ]
        assert [end for _, end in masks] == [end for _, end in one.masks]
        assert [tokenizer.decode(i).strip() for i in word_ids(tokenizer, one)] == list(one.answers)
        assert len(one.deciding) == len(one.masks)
        ends = {end for _, end in edges}
        for spans in one.deciding:
            assert spans
            assert all(end in ends for _, end in spans)
            assert not any(
                a < end and start < b for a, b in spans for start, end in (*one.fillers, *one.masks)
            )


def test_deciding_words_of_known_sentences() -> None:
    made = whole_grammar()
    known = {
        "The capital of France is [MASK].": [("capital", "France")],
        "The capital of [MASK] is Paris.": [("Paris",)],
        "The [MASK] of France is Paris.": [("Paris",)],
        "[MASK] [MASK] was the first president of America.": [("first president", "America")] * 2,
    }
    for text, deciding in known.items():
        assert [made[text].words(spans) for spans in made[text].deciding] == deciding


def test_another_answer_asks_for_another_entity(model: Any, tokenizer: Any) -> None:
    capitals = {f.entity: f.answer for f in FACTS if f.kind == "country" and f.relation == "capital"}
    one = whole_grammar()["The capital of [MASK] is Paris."]
    asked = [
        replace(one, text=f"The capital of [MASK] is {city}.", answers=(country,))
        for country, city in capitals.items()
        if " " not in country
    ]
    assert len(asked) > 30
    assert wrong(model, tokenizer, asked) == []


def test_other_fillers_leave_the_answers(model: Any, tokenizer: Any) -> None:
    asked = []
    for one in masked.sentences():
        if one.fillers and one.fillers[0][0] == 0:
            end = one.fillers[0][1]
            filler = "We went home at noon." if one.text[end - 1] in ".!" else "My uncle told me that"
            by = len(filler) - end
            asked.append(
                replace(
                    one, text=filler + one.text[end:], masks=tuple((a + by, b + by) for a, b in one.masks)
                )
            )
    assert len(asked) > 30
    assert wrong(model, tokenizer, asked) == []


def top_shares(method: str) -> tuple[float, float]:
    """Return the share of the highest inputs that decide, as many as decide, and that of a random order."""
    loaded = aw.load(NAME)
    found, chance = [], []
    for one in list(masked.sentences())[::6]:
        offsets = loaded.tokenizer(one.text, return_offsets_mapping=True)["offset_mapping"]
        ex = loaded.explain(one.text)
        assert ex.reading.n_steps == len(one.masks)
        free = [i for i, edge in enumerate(offsets) if edge[0] < edge[1] and not inside(edge, one.masks)]
        for row, deciding in zip(ex.reading.raw_rows(method), one.deciding, strict=True):
            truth = {i for i in free if inside(offsets[i], deciding)}
            highest = sorted(free, key=lambda i, row=row: -row[i])[: len(truth)]
            found.append(len(truth & set(highest)) / len(truth))
            chance.append(len(truth) / len(free))
    assert len(found) > 50
    return float(np.mean(found)), float(np.mean(chance))


def inside(edge: tuple[int, int], spans: tuple[tuple[int, int], ...]) -> bool:
    return any(edge[0] < end and start < edge[1] for start, end in spans)


@pytest.mark.parametrize("method", ["saliency", "leave_one_out"])
def test_methods_find_the_deciding_words(method: str) -> None:
    found, chance = top_shares(method)
    assert found > 2 * chance
