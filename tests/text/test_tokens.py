"""Token ids as text: whole characters, nothing lost, nothing across the end of the prompt."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.encoders import word_tokenizer
from helpers.tiny import PROMPT, build, byte_tokenizer, space_tokenizer
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

import attrwidget as aw
from attrwidget.text.tokens import Tokens, read_tokens, token_text, visible

BYTES, SPACES = byte_tokenizer(), space_tokenizer()
# A replacement character that is meant cannot be told from one that stands for a broken character.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), min_size=1, max_size=24)
SCRIPTS = st.text(
    st.sampled_from("東京都日本語שלום مرحبا été ß🙂👍🏽👨‍👩‍👧 \n\tab<|▁"), min_size=1, max_size=24
)


def decoded(tokenizer: Any, ids: list[int]) -> str:
    return tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)


def read(text: str, tokenizer: Any = BYTES, first_step: int = 0) -> Tokens:
    return read_tokens(tokenizer, tokenizer(text)["input_ids"], first_step)


def texts(tokens: Tokens) -> list[str]:
    return [unit.text for unit in tokens.units]


@pytest.mark.slow
@pytest.mark.parametrize("tokenizer", [BYTES, SPACES], ids=["bytes", "spaces"])
@settings(max_examples=150)
@given(text=TEXT | SCRIPTS, data=st.data())
def test_units_say_the_whole_text(tokenizer: Any, text: str, data: Any) -> None:
    ids = tokenizer(text)["input_ids"]
    first = data.draw(st.integers(0, len(ids)))
    tokens = read_tokens(tokenizer, ids, first)
    assert tokens.ids == ids
    assert len(tokens) == len(tokens.labels) == len(tokens.special) == len(ids)
    edges = [0, *(unit.end for unit in tokens.units)]
    assert edges == [*(unit.start for unit in tokens.units), len(ids)]
    assert first in edges
    assert all(tokens.labels)
    if "\ufffd" not in decoded(tokenizer, ids[:first]):
        assert "".join(texts(tokens)) == decoded(tokenizer, ids)


@settings(max_examples=100)
@given(ids=st.lists(st.integers(0, len(BYTES) - 1), min_size=1, max_size=20), data=st.data())
def test_any_ids_have_units(ids: list[int], data: Any) -> None:
    """Random ids are mostly broken characters; all of them must still be there, each whole one found."""
    first = data.draw(st.integers(0, len(ids)))
    tokens = read_tokens(BYTES, ids, first)
    edges = [0, *(unit.end for unit in tokens.units)]
    assert edges == [*(unit.start for unit in tokens.units), len(ids)]
    assert first in edges
    assert all(unit.text for unit in tokens.units)
    assert not any("\ufffd" in unit.text for unit in tokens.units)


def test_characters_of_several_tokens_are_one_unit() -> None:
    tokens = read("東🙂")
    assert [tuple(u) for u in tokens.units] == [(0, 3, "東"), (3, 7, "🙂")]
    assert tokens.labels == ["東 1/3", "東 2/3", "東 3/3", "🙂 1/4", "🙂 2/4", "🙂 3/4", "🙂 4/4"]
    assert texts(read("東🙂", SPACES))[-2:] == ["東", "🙂"]


def test_pieces_that_straddle_characters_are_joined_until_they_meet_a_boundary() -> None:
    """As byte-level tokenizers learn them from text without spaces."""
    words = ["".join(chr(0x4E00 + (7 * i * k + k) % 200) for i in range(30)) for k in range(1, 200)]
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner.train_from_iterator(words, trainers.BpeTrainer(vocab_size=700, initial_alphabet=alphabet))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner)
    read_words = [texts(read(word[::-1], tokenizer)) for word in words]
    assert max(len(unit) for units in read_words for unit in units) > 3
    assert ["".join(units) for units in read_words] == [word[::-1] for word in words]


def test_a_character_cut_by_the_end_of_the_prompt_stays_on_both_sides() -> None:
    ids = BYTES("a東b")["input_ids"]
    for first in (2, 3):
        tokens = read_tokens(BYTES, ids, first)
        assert texts(tokens) == ["a", "<E6>", "<9D>", "<B1>", "b"]


def test_a_broken_byte_stands_alone() -> None:
    head, word = BYTES("東")["input_ids"][0], BYTES(" America is")["input_ids"]
    tokens = read_tokens(BYTES, [head, *word, *BYTES("🙂")["input_ids"], head], 0)
    assert texts(tokens) == ["<E6>", *texts(read(" America is")), "🙂", "<E6>"]
    assert tokens.labels[0] == "<E6>"


def test_right_to_left_text() -> None:
    assert "".join(texts(read("שלום עולם"))) == "שלום עולם"
    assert read("ש").labels == ["ש 1/2", "ש 2/2"]


def test_white_space_is_kept_and_named() -> None:
    tokens = read_tokens(
        BYTES, [i for t in (" ", "\n", "\t", "\r", "\x07") for i in BYTES(t)["input_ids"]], 0
    )
    assert texts(tokens) == [" ", "\n", "\t", "\r", "\x07"]
    assert tokens.labels == ["␣", "⏎", "⇥", "␍", "␇"]
    assert [visible(text) for text in ("\u200b", " \u200d", "co\u00adop")] == [
        "⟨U+200B⟩",
        "⟨U+200D⟩",
        "co\u00adop",
    ]
    assert "".join(texts(read("a  b\n\n"))) == "a  b\n\n"


def test_special_tokens_are_marked_and_shown() -> None:
    tokens = read("<|endoftext|>He<|endoftext|>")
    assert tokens.special[0]
    assert tokens.special[-1]
    assert sum(tokens.special) == 2
    assert tokens.labels[0] == tokens.units[0].text == "<|endoftext|>"


def test_tokens_that_are_only_added_as_special_are_control_tokens() -> None:
    tokenizer = byte_tokenizer()
    tokenizer.add_tokens([AddedToken("<|head|>", special=True), AddedToken("<think>", special=False)])
    assert read("<|head|>a<think>", tokenizer).special == [True, False, False]


def test_an_unknown_token_is_what_the_user_wrote() -> None:
    tokenizer = word_tokenizer()
    tokens = read("anna 東", tokenizer)
    assert tokenizer.unk_token_id in tokens.ids
    marked = [token for token, special in zip(tokens.ids, tokens.special, strict=True) if special]
    assert set(marked) == {tokenizer.cls_token_id, tokenizer.sep_token_id}


@pytest.mark.parametrize("tokenizer", [BYTES, SPACES], ids=["bytes", "spaces"])
def test_the_answers_first_word_keeps_its_space(tokenizer: Any) -> None:
    model = aw.load(build("llama", vocab_size=len(tokenizer)), tokenizer)
    ex = model.explain(PROMPT, output=" George Washington")
    first = next(unit for unit in ex.tokens.units if unit.start == ex.reading.first_step)
    assert first.text.startswith(" ")
    answer = "".join(unit.text for unit in ex.tokens.units if unit.start >= ex.reading.first_step)
    assert answer == " George Washington"


def test_alternatives_are_named_as_they_would_follow() -> None:
    before = SPACES("The")["input_ids"]
    follows = SPACES("The president")["input_ids"][len(before)]
    assert token_text(SPACES, follows, before).startswith(" ")
    half = BYTES("東")["input_ids"]
    assert token_text(BYTES, half[1], half[:1]) == "<9D>"
    assert token_text(BYTES, half[2], half[:2]) == "<B1>"
    assert token_text(BYTES, BYTES("a")["input_ids"][0], half[:1]) == "a"


def test_markup_is_only_text() -> None:
    nasty = "</script><img src=x onerror=alert(1)>"
    assert "".join(texts(read(nasty))) == nasty
