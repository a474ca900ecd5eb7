"""The bundled translator: it translates its grammar, and its sentences say which words belong together."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

import attrwidget as aw
from attrwidget import demo
from attrwidget.demo import translation
from attrwidget.demo.translation import EVERYDAY
from attrwidget.demo.translation.alignment import chance, hits, source_scores
from attrwidget.demo.translation.corpus import in_both_scripts
from attrwidget.demo.translation.evaluate import checks
from attrwidget.demo.translation.grammar import sentence
from attrwidget.demo.translation.lessons import course, lesson
from attrwidget.demo.translation.simplified import SIMPLIFIED, TRADITIONAL, simplified

if TYPE_CHECKING:
    from attrwidget.demo.translation import Translation

NAME = "demo-translation"


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(demo.path(NAME))


@pytest.fixture(scope="module")
def model() -> Any:
    return AutoModelForSeq2SeqLM.from_pretrained(demo.path(NAME))


def translate(model: Any, tokenizer: Any, source: str) -> str:
    out = model.generate(**tokenizer(source, return_tensors="pt"), max_new_tokens=40)
    return str(tokenizer.decode(out[0], skip_special_tokens=True))


def drawn(seed: int, count: int) -> list[Translation]:
    rng = random.Random(seed)  # noqa: S311
    return [sentence(rng) for _ in range(count)]


def lessons(seed: int, count: int) -> list[Translation]:
    """Sentences about fields of study, in both scripts."""
    rng = random.Random(seed)  # noqa: S311
    return in_both_scripts([lesson(rng) for _ in range(count)])


def links(one: Translation) -> dict[str, list[str]]:
    """The source words that each target word translates."""
    words = [one.source[a:b] for a, b in one.words]
    return {one.target[a:b]: [words[i] for i in at] for (a, b), at in zip(one.pieces, one.sure, strict=True)}


def test_import_brings_neither_torch_nor_transformers() -> None:
    code = (
        "import sys; from attrwidget.demo import translation; assert list(translation.sentences()); "
        "assert not {'torch', 'transformers', 'tokenizers'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_it_is(model: Any, tokenizer: Any) -> None:
    assert model.config.scale_embedding
    assert model.config.encoder_layers != model.config.decoder_layers
    assert model.config.encoder_attention_heads != model.config.decoder_attention_heads
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert len(tokenizer) == model.config.vocab_size


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("我昨天買的書很便宜。", "The book that I bought yesterday is very cheap."),
        ("老師把信放在桌子上了。", "The teacher put the letter on the table."),
        ("你明天會在哪裡讀這本雜誌？", "Where will you read this magazine tomorrow?"),
        ("我喜歡機器學習和人工智慧。", "I like machine learning and artificial intelligence."),
        ("我喜欢机器学习和人工智能。", "I like machine learning and artificial intelligence."),
        ("我学习机器学习。", "I study machine learning."),
        ("她不喜歡自然語言處理。", "She does not like natural language processing."),
        ("你喜歡深度學習嗎？", "Do you like deep learning?"),
        ("數學比歷史有趣。", "Mathematics is more interesting than history."),
        ("我的老師教我們電腦科學。", "My teacher teaches us computer science."),
    ],
)
def test_known_sentences(model: Any, tokenizer: Any, source: str, target: str) -> None:
    assert translate(model, tokenizer, source) == target


def test_sentences_of_the_grammar(model: Any, tokenizer: Any) -> None:
    assert [one.source for one, right, _ in checks(model, tokenizer, drawn(3, 300)) if not right] == []


def test_lessons_in_both_scripts(model: Any, tokenizer: Any) -> None:
    asked = lessons(3, 300)
    wrong = [one.source for one, right, _ in checks(model, tokenizer, asked) if not right]
    assert len(asked) > 550
    assert len(wrong) <= 0.005 * len(asked), wrong


def test_the_sentences_of_the_course_travel_with_the_model(model: Any, tokenizer: Any) -> None:
    asked = in_both_scripts(course())
    assert {one.source for one in asked} <= {one.source for one in translation.sentences()}
    assert [one.source for one, right, _ in checks(model, tokenizer, asked) if not right] == []


def test_links_of_the_course() -> None:
    assert links(course()[0]) == {
        "I": ["我"],
        " like": ["喜歡"],
        " machine": ["機器"],
        " learning": ["學習"],
        " and": ["和"],
        " artificial": ["人工"],
        " intelligence": ["智慧"],
        ".": ["。"],
    }
    assert links(simplified(course()[0]))[" machine"] == ["机器"]


def test_scripts_differ_by_their_characters_alone() -> None:
    assert len(TRADITIONAL) == len(SIMPLIFIED)
    assert not set(TRADITIONAL) & set(SIMPLIFIED)
    assert not set("".join(simplified(one).source for one in (*drawn(4, 500), *lessons(4, 500)))) & set(
        TRADITIONAL
    )


def test_travelling_sentences(model: Any, tokenizer: Any) -> None:
    asked = list(translation.sentences())
    assert len(asked) >= 100
    assert [one.source for one, right, _ in checks(model, tokenizer, asked) if not right] == []


def test_a_sentence_has_one_translation() -> None:
    known: dict[str, str] = {}
    for one in (*drawn(5, 8000), *lessons(5, 8000)):
        assert known.setdefault(one.source, one.target) == one.target
    assert len(known) > 18000


def test_known_alignment() -> None:
    one = next(one for one in translation.sentences() if one.source == "她喜歡的貓很漂亮。")
    words = [one.source[a:b] for a, b in one.words]
    assert words == ["她", "喜歡", "的", "貓", "很", "漂亮", "。"]
    assert links(one) == {
        "The": [],
        " cat": ["貓"],
        " that": ["的"],
        " she": ["她"],
        " likes": ["喜歡"],
        " is": [],
        " very": ["很"],
        " pretty": ["漂亮"],
        ".": ["。"],
    }
    possible = {
        one.target[a:b]: [words[i] for i in at] for (a, b), at in zip(one.pieces, one.possible, strict=True)
    }
    assert (possible["The"], possible[" likes"], possible[" cat"]) == (["貓"], ["她"], [])


def test_words_and_pieces_are_whole() -> None:
    for one in translation.sentences():
        assert "".join(one.source[a:b] for a, b in one.words) == one.source
        assert "".join(one.target[a:b] for a, b in one.pieces) == one.target
        assert len(one.sure) == len(one.possible) == len(one.pieces)
        for sure, possible in zip(one.sure, one.possible, strict=True):
            assert {*sure, *possible} <= set(range(len(one.words)))
            assert sure or possible
            assert not set(sure) & set(possible)


def crossings(one: Translation) -> int:
    """Pairs of target words whose source words stand in the other order."""
    firsts = [sure[0] for sure in one.sure if sure]
    return sum(a > b for i, a in enumerate(firsts) for b in firsts[i + 1 :])


def test_words_change_their_order() -> None:
    everyday = list(translation.sentences())[:EVERYDAY]
    assert sum(crossings(one) > 0 for one in everyday) > 0.6 * len(everyday)


def inside(span: tuple[int, int], words: tuple[tuple[int, int], ...]) -> list[int]:
    return [i for i, (a, b) in enumerate(words) if a < span[1] and span[0] < b]


def test_every_piece_is_one_token_and_no_token_crosses_words(tokenizer: Any) -> None:
    for one in (*translation.sentences(), *drawn(9, 2000), *lessons(9, 1000)):
        source = tokenizer(one.source, return_offsets_mapping=True)["offset_mapping"][:-1]
        assert all(len(inside(span, one.words)) == 1 for span in source), one.source
        target = tokenizer(one.target, return_offsets_mapping=True)["offset_mapping"][:-1]
        assert tuple(map(tuple, target)) == one.pieces


def test_characters_are_whole_split_and_joined(tokenizer: Any) -> None:
    def pieces(text: str) -> int:
        return len(tokenizer(text)["input_ids"]) - 1

    assert (pieces("昨天"), pieces("我"), pieces("貓"), pieces("鸚鵡")) == (1, 1, 2, 6)


@pytest.mark.parametrize("text", ["龍🙂 naïve\n\tđường", "</script><img onerror=…>"])
def test_any_text_goes_round(tokenizer: Any, text: str) -> None:
    assert tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=True) == text


def test_the_words_of_the_course_are_whole(tokenizer: Any) -> None:
    for one in in_both_scripts(course()[:2]):
        offsets = tokenizer(one.source, return_offsets_mapping=True)["offset_mapping"][:-1]
        assert tuple(map(tuple, offsets)) == one.words


def explain(asked: list[Translation]) -> list[tuple[Translation, Any, list[tuple[int, int]]]]:
    loaded = aw.load(NAME)
    return [
        (
            one,
            loaded.explain(one.source, output=one.target),
            loaded.tokenizer(one.source, return_offsets_mapping=True)["offset_mapping"],
        )
        for one in asked
    ]


@pytest.fixture(scope="module")
def explained() -> list[tuple[Translation, Any, list[tuple[int, int]]]]:
    """Every fifth everyday sentence."""
    return explain(list(translation.sentences())[:EVERYDAY:5])


@pytest.fixture(scope="module")
def taught() -> list[tuple[Translation, Any, list[tuple[int, int]]]]:
    """Every eighth lesson, in both scripts; those of the course are among them."""
    asked = list(translation.sentences())[EVERYDAY:]
    return explain([*in_both_scripts(course()), *asked[::8]])


def hit_rate(explained: list[Any], reading: str) -> float:
    found = [hit for one, ex, offsets in explained for hit in hits(source_scores(ex, reading), offsets, one)]
    assert len(found) > 200
    return float(np.mean(found))


@pytest.mark.parametrize(
    ("reading", "least"),
    [
        ("saliency", 0.85),
        ("leave-one-out", 0.8),
        ("cross-attention, last layer", 0.95),
        ("cross-attention, aligning head", 0.97),
    ],
)
def test_highest_source_score_is_the_aligned_word(
    explained: list[Any], taught: list[Any], reading: str, least: float
) -> None:
    for asked in (explained, taught):
        assert hit_rate(asked, reading) > least
        assert least > 4 * np.mean([chance(one) for one, _, _ in asked])


@pytest.mark.parametrize("reading", ["saliency", "leave-one-out", "cross-attention, aligning head"])
@pytest.mark.parametrize("source", ["我喜歡機器學習和人工智慧。", "我喜欢机器学习和人工智慧。"])
def test_every_word_of_the_course_s_sentence_is_given_by_the_word_it_translates(
    taught: list[Any], source: str, reading: str
) -> None:
    one, ex, offsets = next(found for found in taught if found[0].source == source)
    assert all(hits(source_scores(ex, reading), offsets, one))


def test_the_measure_fails_on_other_scores(explained: list[Any]) -> None:
    one_before = [
        hit
        for one, ex, offsets in explained
        for hit in hits(np.roll(source_scores(ex, "cross-attention, aligning head"), 3, axis=1), offsets, one)
    ]
    assert np.mean(one_before) < 0.4
