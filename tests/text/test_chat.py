"""Each token of a chat prompt knows its message, told the messages or from control tokens alone."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.chats import (
    CHAT,
    CHATML,
    FAMILIES,
    LLAMA3,
    MISTRAL,
    SYSTEM,
    THINKING,
    chat_tokenizer,
    family_tokenizer,
)
from helpers.tiny import byte_tokenizer

from attrwidget.text.chat import ADDED, find_spans, message_spans


def prompt(tokenizer: Any, messages: Any) -> list[int]:
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def shown(tokenizer: Any, ids: list[int], spans: Any) -> list[tuple[str, str]]:
    assert [span.start for span in spans[1:]] == [span.end for span in spans[:-1]]
    assert (spans[0].start, spans[-1].end) == (0, len(ids))
    return [(span.title, tokenizer.decode(ids[span.start : span.end])) for span in spans]


EXPECTED = {
    CHATML: [
        ("system", "<|im_start|>system\nBe brief.<|im_end|>\n"),
        ("user", "<|im_start|>user\nWho was first?<|im_end|>\n"),
        ("assistant", "<|im_start|>assistant\nGeorge<|im_end|>\n"),
        ("user", "<|im_start|>user\nAnd then? user assistant<|im_end|>\n"),
        ("assistant", "<|im_start|>assistant\n"),
    ],
    LLAMA3: [
        ("system", "<|endoftext|><|head|>system<|tail|>\n\nToday is Monday.\n\nBe brief.<|end|>"),
        ("user", "<|head|>user<|tail|>\n\nWho was first?<|end|>"),
        ("assistant", "<|head|>assistant<|tail|>\n\nGeorge<|end|>"),
        ("user", "<|head|>user<|tail|>\n\nAnd then? user assistant<|end|>"),
        ("assistant", "<|head|>assistant<|tail|>\n\n"),
    ],
}


@pytest.mark.parametrize("template", EXPECTED, ids=["chatml", "llama3"])
@pytest.mark.parametrize("told", [True, False])
def test_messages_with_headers(template: str, told: bool) -> None:
    tokenizer, messages = chat_tokenizer(template), [SYSTEM, *CHAT]
    ids = prompt(tokenizer, messages)
    spans = message_spans(tokenizer, messages, ids) if told else find_spans(tokenizer, ids)
    assert shown(tokenizer, ids, spans) == EXPECTED[template]


@pytest.mark.parametrize("told", [True, False])
def test_a_preamble_that_the_template_writes(told: bool) -> None:
    """Without a system message of the user, it is one that the template added."""
    tokenizer = chat_tokenizer(LLAMA3)
    ids = prompt(tokenizer, CHAT)
    spans = message_spans(tokenizer, CHAT, ids) if told else find_spans(tokenizer, ids)
    assert [span.title for span in spans] == [ADDED, "user", "assistant", "user", "assistant"]
    assert shown(tokenizer, ids, spans)[-3:] == EXPECTED[LLAMA3][-3:]


@pytest.mark.parametrize("told", [True, False])
def test_a_template_without_an_opening_for_answers(told: bool) -> None:
    tokenizer = chat_tokenizer(MISTRAL)
    ids = prompt(tokenizer, CHAT)
    spans = message_spans(tokenizer, CHAT, ids) if told else find_spans(tokenizer, ids)
    roles, texts = zip(*shown(tokenizer, ids, spans), strict=True)
    assert roles[:3] == ("user", "assistant", "user")
    assert "Who was first?" in texts[0]
    assert "George" in texts[1]
    assert "And then?" in texts[2]


def test_a_template_that_writes_a_shorter_chat_otherwise() -> None:
    tokenizer = chat_tokenizer(THINKING)
    ids = prompt(tokenizer, CHAT)
    spans = shown(tokenizer, ids, message_spans(tokenizer, CHAT, ids))
    assert [role for role, _ in spans] == ["user", "assistant", "user", "assistant"]
    for (_, text), message in zip(spans[:-1], CHAT, strict=True):
        assert message["content"] in text
    assert shown(tokenizer, ids, find_spans(tokenizer, ids)) == EXPECTED[CHATML][1:]


def test_a_template_without_control_tokens() -> None:
    """It can be told, and not found: a message might hold what it writes."""
    tokenizer = byte_tokenizer(chat=True)
    ids = prompt(tokenizer, CHAT)
    spans = shown(tokenizer, ids, message_spans(tokenizer, CHAT, ids))
    assert [role for role, _ in spans] == ["user", "assistant", "user", "assistant"]
    assert spans[1] == ("assistant", "<assistant>George\n")
    assert find_spans(tokenizer, ids) == []


def test_a_chat_to_be_gone_on_with() -> None:
    tokenizer = chat_tokenizer(CHATML)
    text = tokenizer.apply_chat_template(CHAT[:2], tokenize=False)
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert shown(tokenizer, ids, message_spans(tokenizer, CHAT[:2], ids)) == EXPECTED[CHATML][1:3]


def test_other_ids_are_no_chat() -> None:
    tokenizer = chat_tokenizer(CHATML)
    ids = tokenizer("Who was first?")["input_ids"]
    assert message_spans(tokenizer, CHAT, ids) == []
    assert find_spans(tokenizer, ids) == []
    assert find_spans(byte_tokenizer(), ids) == []


TURNS = [
    {"role": "user", "content": "How warm is Oslo?"},
    {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"type": "function", "function": {"name": "weather", "arguments": {"city": "Rome"}}}],
    },
    {"role": "tool", "name": "weather", "content": "Minus"},
    {"role": "assistant", "content": "<think>\nCold.\n</think>\n\nIcy."},
    {"role": "user", "content": "And Bergen?"},
]
# Each word stands in one message only, and says under which role the template wrote it.
PLANTED = {"Oslo": "user", "weather": "assistant", "Minus": "tool", "Icy": "assistant", "Bergen": "user"}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_word_stands_under_the_role_that_the_template_wrote_it_with(family: str) -> None:
    tokenizer = family_tokenizer(family)
    ids = prompt(tokenizer, TURNS)
    told = message_spans(tokenizer, TURNS, ids)
    assert told == find_spans(tokenizer, ids)
    spans = shown(tokenizer, ids, told)
    for word, role in PLANTED.items():
        assert role in {title for title, text in spans if word in text}, (word, spans)
        assert all(title == role for title, text in spans if word in text and word != "weather"), (
            word,
            spans,
        )
    opened = any("{% if add_generation_prompt" in line for line in [FAMILIES[family][0]])
    assert spans[-1][0] == ("assistant" if opened else "user")
    assert (spans[0][0] == ADDED) == ("a helpful model" in spans[0][1])
