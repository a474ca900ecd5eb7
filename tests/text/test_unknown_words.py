"""Words that a model does not know are named: those in letters, and those that become the unknown token."""

from __future__ import annotations

import itertools
import random
from functools import partial
from typing import Any

import pytest
from helpers import real
from helpers.encoders import word_tokenizer
from helpers.tiny import byte_tokenizer

import attrwidget as aw
from attrwidget.demo import masked, sentences
from attrwidget.demo.translation.corpus import in_both_scripts
from attrwidget.demo.translation.grammar import sentence
from attrwidget.demo.translation.lessons import lesson
from attrwidget.text.tokens import read_tokens
from attrwidget.text.unknown_words import note_on_broken, note_on_unknown, note_on_unlearned


def note(tokenizer: Any, text: str) -> str | None:
    ids = tokenizer(text)["input_ids"]
    return note_on_unknown(tokenizer, read_tokens(tokenizer, ids, len(ids)))


def unlearned(tokenizer: Any, text: str) -> str | None:
    ids = tokenizer(text)["input_ids"]
    return note_on_unlearned(tokenizer, read_tokens(tokenizer, ids, len(ids)))


WORDS = partial(note, word_tokenizer())


@pytest.mark.parametrize(
    "text",
    ["the film was good", "a", "the film, a story!", "who wrote the dully goods", "the film x, y and z"],
)
def test_known_words_and_single_letters_are_not_named(text: str) -> None:
    assert WORDS(text) is None


def test_words_in_letters_are_named_once_and_in_their_order() -> None:
    said = (
        "“zorgy” and “ok” are read letter by letter: the model may not know them, and answers all the same."
    )
    assert WORDS("the zorgy film was ok, zorgy!") == said


def test_a_text_of_unknown_words_alone() -> None:
    assert "“zorgy” and “blub”" in str(WORDS("zorgy blub"))


def test_the_unknown_token_is_named() -> None:
    assert WORDS("the film was 🙂") == (
        "The model does not know what is shown as [UNK], and answers all the same."
    )
    assert WORDS("the zorgy film was 🙂") == (
        "“zorgy” is read letter by letter: the model may not know it, and answers all the same. "
        "The model does not know what is shown as [UNK], and answers all the same."
    )


def test_many_words_are_counted() -> None:
    text = " ".join("abcdefghijklm"[i : i + 3] for i in range(11))
    assert "“hij” and 3 more are read" in str(WORDS(text))


def test_a_tokenizer_of_bytes_knows_no_words_to_miss() -> None:
    assert note(byte_tokenizer(), "the zorgy film 東京") is None


def test_a_word_of_letters_that_are_several_bytes_is_named_whole() -> None:
    tokenizer = real.smollm2_tokenizer()
    assert "“Łódź” is read" in str(note(tokenizer, "Łódź is in Poland"))
    assert note(tokenizer, "The JFK airport, NASA, XKCD and IBM's DB2") is None


def test_scripts_without_capitals_are_read_by_the_letter() -> None:
    assert note(real.minilm_classifier().tokenizer, "東京都 شكرا") is None


def test_a_real_tokenizer_names_what_falls_into_letters() -> None:
    told = partial(note, real.minilm_classifier().tokenizer)
    assert told("An unforgettable, overhyped blockbuster by Kurosawa.") is None
    assert "“xqzv”" in str(told("The xqzv film."))


@pytest.mark.parametrize("name", ["demo-sentiment", "demo-sentiment-biased"])
def test_an_explanation_says_it(name: str) -> None:
    model = aw.load(name)
    assert model.explain("It was a boring film!").warnings == []
    ex = model.explain("It was a zorgy film!")
    (warning,) = ex.warnings
    assert "“zorgy” is read letter by letter" in warning
    assert warning in ex.widget.content["warnings"]


def test_the_bundled_model_that_writes_says_it_too() -> None:
    model = aw.load("demo")
    ex = model.explain("The capital of Narnia is", max_new_tokens=1)
    (warning,) = ex.warnings
    assert warning == "“Narnia” is read in pieces: the model may not know it, and answers all the same."
    assert ex.edit({"Narnia": "Japan"}).warnings == []
    assert "“Zorg”" in ex.edit({"Narnia": "Zorg"}).warnings[0]
    assert "“Narnia” and “Oz”" in model.explain("My friend from Narnia says Oz", max_new_tokens=1).warnings[0]
    assert (
        model.explain("The capital of Japan is", output=" Zorgistan").warnings == []
    )  # of the answer it says nothing


def test_the_bundled_model_that_fills_gaps_says_it_too() -> None:
    model = aw.load("demo-masked")
    (warning,) = model.explain("The currency of Narnia is [MASK].").warnings
    assert warning == "“Narnia” is read in pieces: the model may not know it, and answers all the same."
    known = ["The capital of [MASK] is Berlin.", "Listen: the capital of Japan is [MASK]."]
    known += [one.text for one in itertools.islice(masked.sentences(), 40)]
    assert [ex.warnings for ex in model.explain(known)] == [[]] * len(known)


def test_the_translator_says_it_of_scripts_without_spaces() -> None:
    model = aw.load("demo-translation")
    ex = model.explain("我的哥哥吃了披薩。", max_new_tokens=12)
    (warning,) = ex.warnings
    assert warning == "“披薩” was in no text that the model learned from: it answers all the same."
    assert warning in ex.widget.content["warnings"]
    assert ex.edit({"披薩": "蘋果"}).warnings == []
    assert "“披萨” and “hello” were" in model.explain("我吃披萨 hello", max_new_tokens=1).warnings[0]


def test_the_translator_knows_every_sentence_of_its_grammar_in_both_scripts() -> None:
    tokenizer, rng = aw.load("demo-translation").tokenizer, random.Random(11)  # noqa: S311
    texts = {
        one.source for one in in_both_scripts([make(rng) for make in (sentence, lesson) for _ in range(1500)])
    }
    assert len(texts) > 4000
    for text in texts:
        ids = tokenizer(text)["input_ids"]
        assert note_on_unlearned(tokenizer, read_tokens(tokenizer, ids, len(ids))) is None, text


def test_a_word_of_known_characters_is_parted_by_known_words() -> None:
    told = partial(unlearned, aw.load("demo-translation").tokenizer)
    assert told("昨天天") == "“天” was in no text that the model learned from: it answers all the same."
    assert "and 2 more were" in str(told("甲 乙 丙 丁 戊 己 庚 辛 壬 癸"))


def test_the_bundled_model_knows_every_sentence_of_its_grammar() -> None:
    tokenizer = aw.load("demo").tokenizer
    texts = [one.text for one in sentences()]
    assert len(texts) > 1000
    for text in texts:
        ids = tokenizer(text)["input_ids"]
        assert note_on_broken(tokenizer, read_tokens(tokenizer, ids, len(ids))) is None, text


def test_other_tokenizers_read_known_words_in_pieces() -> None:
    tokenizer = real.smollm2_tokenizer()
    ids = tokenizer("The capital of Narnia")["input_ids"]
    assert note_on_broken(tokenizer, read_tokens(tokenizer, ids, len(ids))) is None


def test_an_edited_text_says_it_anew() -> None:
    ex = aw.load("demo-sentiment").explain("The film was boring.")
    (warning,) = ex.edit({ex.tokens.labels.index("boring"): "zorgy"}).warnings
    assert "“zorgy”" in warning
    assert ex.warnings == []
