"""Where the page's words, sentences, messages and parts begin."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from helpers.tiny import build, byte_tokenizer

import attrwidget as aw
from attrwidget.page.content import content_of
from attrwidget.page.groups import answer_sentences, groups_of


def groups(prompt: Any, name: str, output: str = " Yes, sir. No.") -> list[str]:
    """Return the text of each group."""
    reading = aw.load(build("gpt2"), byte_tokenizer(chat=True)).explain(prompt, output=output).reading
    starts = groups_of(reading)[name]
    ends = [*starts[1:], reading.first_step if name == "part" else len(reading.tokens)]
    texts = {unit.start: unit.text for unit in reading.tokens.units}
    assert set(starts) <= set(texts)
    return [
        "".join(texts.get(i, "") for i in range(start, end)) for start, end in zip(starts, ends, strict=True)
    ]


def test_the_first_token_stands_alone_and_the_answer_is_grouped_into_words_only() -> None:
    found = groups("Mr. Smith left. She did not.", "sentence")
    assert found[:3] == ["M", "r. Smith left.", " She did not."]
    assert "".join(found[3:]) == " Yes, sir. No."
    assert len(found) > 8
    assert groups("A b", "word") == ["A", " b", " Yes", ",", " sir", ".", " No", "."]


def test_sentences_of_an_answer_stop_at_the_borders_of_its_thoughts() -> None:
    answer = "<think>One. Two</think>Three. Four."
    reading = aw.load(build("gpt2"), byte_tokenizer()).explain("Q:", output=answer).reading
    starts = [*answer_sentences(reading), len(reading.tokens)]
    texts = ["".join(u.text for u in reading.tokens.units if a <= u.start < b) for a, b in pairwise(starts)]
    assert texts == ["<think>One.", " Two</think>", "Three.", " Four."]
    content = content_of(reading)
    assert content["answer_sentences"] == starts[:-1]
    assert content["thoughts"] == [[starts[0], starts[2]]]


def test_messages() -> None:
    chat = [{"role": "user", "content": "The first. Is"}, {"role": "system", "content": "he?"}]
    found = ["<|endoftext|>", "<user>The first. Is\n", "<system>he?\n", "<assistant>", "x"]
    assert groups(chat, "message", "x") == found


def test_parts_begin_at_headings_or_else_at_paragraphs() -> None:
    assert groups("# One\nfirst\n\nmore\n## Two\nlast", "part") == [
        "# One\nfirst\n\nmore",
        "\n## Two\nlast",
    ]
    assert groups("One\n\nTwo\nthree\n\n\nFour # 1", "part") == ["One", "\n\nTwo\nthree", "\n\n\nFour # 1"]
