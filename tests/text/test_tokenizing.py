"""Tokenizers that raise, or return what is no text and no ids: one sentence, whatever the model does."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.refused import refused
from helpers.tiny import build, byte_tokenizer
from transformers import PreTrainedTokenizerFast

import attrwidget as aw
from attrwidget.text.tokenizing import token_id

MODEL = build("gpt2")
CHAT = "{% for m in messages %}<|endoftext|>{{ m['role'] }} {{ m['content'] }}{% endfor %}"
MESSAGES = [{"role": "user", "content": "Who was first?"}]


class Hostile(PreTrainedTokenizerFast):
    """A tokenizer whose ``decode`` gives *decoded*, whose names are *named*, and whose calls give *changed* ids."""

    decoded: Any = None
    named: Any = None
    changed: Any = None

    def decode(self, *args: Any, **options: Any) -> Any:
        return super().decode(*args, **options) if self.decoded is None else self.decoded()

    def convert_ids_to_tokens(self, *args: Any, **options: Any) -> Any:
        return super().convert_ids_to_tokens(*args, **options) if self.named is None else self.named()

    def __call__(self, *args: Any, **options: Any) -> Any:
        encoded = super().__call__(*args, **options)
        return encoded if self.changed is None else self.changed(encoded)


def hostile(**names: Any) -> Hostile:
    known = byte_tokenizer()
    names = {
        "bos_token": known.bos_token,
        "eos_token": known.eos_token,
        "pad_token": known.pad_token,
        **names,
    }
    tokenizer = Hostile(tokenizer_object=known._tokenizer, **names)
    tokenizer.chat_template = CHAT
    return tokenizer


def fail(*_: Any) -> Any:
    raise OverflowError("out of\nrange")


@pytest.mark.parametrize(
    "what", [fail, lambda: 5, lambda: b"abc", dict], ids=["raises", "int", "bytes", "dict"]
)
@pytest.mark.parametrize("prompt", ["Who was first?", MESSAGES], ids=["text", "chat"])
def test_ids_that_become_no_text(what: Any, prompt: Any) -> None:
    model = aw.load(MODEL, hostile())
    model.tokenizer.decoded = what
    refused(lambda: model.explain(prompt, max_new_tokens=1), "Hostile", "token ids", "load the tokenizer")


@pytest.mark.parametrize("what", [fail, lambda: 5], ids=["raises", "int"])
def test_ids_that_become_no_text_or_name_once_explained(what: Any) -> None:
    model = aw.load(MODEL, hostile())
    ex = model.explain("Who was", output=" first?")
    model.tokenizer.named = what
    words = ("Hostile", "load the tokenizer")
    refused(lambda: ex.scores("leave_one_out_replaced"), "token id", *words)
    model.tokenizer.named, model.tokenizer.decoded = None, what
    refused(lambda: ex.scores("saliency", foil=" last"), "token ids", *words)


def test_names_that_become_no_id() -> None:
    tokenizer = hostile()
    tokenizer.convert_tokens_to_ids = lambda _: None
    refused(lambda: token_id(tokenizer, "en"), "Hostile turns the token 'en' into None", "load the tokenizer")


@pytest.mark.parametrize("text", ["\ud800", "", "x" * 10**5], ids=["surrogate", "empty", "long"])
def test_texts_that_say_nothing_are_shown(text: str, tmp_path: Any) -> None:
    model = aw.load(MODEL, hostile())
    model.tokenizer.decoded = lambda: text
    ex = model.explain("Who was", output=" first?")
    assert ex.to_html(tmp_path / "page.html").stat().st_size > 0
    assert repr(ex)


def with_ids(ids: Any) -> Any:
    return lambda encoded: {**encoded, "input_ids": ids}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_ids([10**9]), ["Token id 1000000000", "does not exist"]),
        (with_ids([-5]), ["Token id -5"]),
        (with_ids(["a"]), ["are no token ids"]),
        (with_ids([1.5]), ["are no token ids"]),
        (with_ids([[1]]), ["are no token ids"]),
        (with_ids(None), ["fails to turn this text into tokens"]),
        (with_ids([]), ["no tokens"]),
        (lambda _: {}, ["fails to turn this text into tokens"]),
        (fail, ["fails to turn this text into tokens", "out of"]),
    ],
)
def test_texts_that_become_no_ids(change: Any, words: list[str]) -> None:
    model = aw.load(MODEL, hostile())
    model.tokenizer.changed = change
    for prompt in ("Who was first?", MESSAGES):
        refused(lambda prompt=prompt: model.explain(prompt, max_new_tokens=1), *words)


def test_a_tokenizer_that_adds_tokens_in_the_middle_is_shown_with_them() -> None:
    model = aw.load(MODEL, hostile())
    plain = model.tokenizer("Who was")["input_ids"]
    spread = [token for i in plain for token in (i, 0)]
    model.tokenizer.changed = with_ids(spread)
    ex = model.explain("Who was", max_new_tokens=1)
    assert ex.tokens.ids[: len(spread)] == spread
    assert [ex.tokens.special[i] for i in range(len(spread))] == [False, True] * len(plain)


def test_offsets_out_of_range_cut_no_chat() -> None:
    model = aw.load(MODEL, hostile())

    def change(encoded: Any) -> Any:
        if "offset_mapping" in encoded:
            encoded["offset_mapping"] = [(10**6, -5)] * len(encoded["input_ids"])
        return encoded

    model.tokenizer.changed = change
    ex = model.explain(MESSAGES, max_new_tokens=1)
    assert ex.reading.sections[0].start == 0
    assert ex.reading.sections[-1].end == len(ex.tokens)


@pytest.mark.parametrize("token", ["", None])
def test_special_tokens_that_are_empty_or_missing(token: Any) -> None:
    tokenizer = hostile(bos_token=token, eos_token=token, pad_token=token)
    assert aw.load(MODEL, tokenizer).explain("Who was first?", max_new_tokens=1).reading.n_steps == 1
