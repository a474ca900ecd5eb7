"""What a chat template leaves out of a chat, or writes under another role, is found."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from helpers.chat_families import FAMILIES, family_tokenizer
from helpers.chats import BONN, CHAT, CHATML, PLUS, SYSTEM, TURNS, chat_tokenizer, prompt
from helpers.tiny import byte_tokenizer

from attrwidget.text.chat_check import left_out, misplaced

LATER = [*CHAT[:2], SYSTEM, TURNS[4]]
TWO_CALLS = [TURNS[0], {**TURNS[1], "tool_calls": [*TURNS[1]["tool_calls"], BONN]}, TURNS[2], PLUS, TURNS[4]]


def test_calls_that_are_not_written() -> None:
    """As by the templates of SmolLM2, Llama 3 and Phi 3."""
    tokenizer = chat_tokenizer(CHATML)
    assert left_out(tokenizer, TURNS, {}) == ["the tool call of message 2 (assistant)"]
    both = left_out(tokenizer, TWO_CALLS, {})
    assert both == ["tool call 1 of message 2 (assistant)", "tool call 2 of message 2 (assistant)"]
    odd = [
        {**TURNS[1], "tool_calls": calls} for calls in ("weather", {"name": "weather"}, ["weather"], None, [])
    ]
    gone = [left_out(tokenizer, [TURNS[0], message, TURNS[4]], {}) for message in odd]
    assert gone == [["the tool call of message 2 (assistant)"]] * 3 + [[], []]
    assert left_out(family_tokenizer("gpt-oss"), TWO_CALLS, {}) == ["tool call 2 of message 2 (assistant)"]


@pytest.mark.parametrize("family", FAMILIES)
def test_contents_that_are_not_written(family: str) -> None:
    """Held against the prompt itself."""
    tokenizer = family_tokenizer(family)
    for messages in (TURNS, [SYSTEM, *TURNS], LATER):
        text = tokenizer.decode(prompt(tokenizer, messages))
        gone = {
            f"the content of message {at} ({message['role']})"
            for at, message in enumerate(messages, 1)
            if message["content"].split("\n")[-1] not in text
        }
        assert set(left_out(tokenizer, messages, {})) == gone


def test_a_switch_is_no_content_that_is_left_out() -> None:
    """It changes what is written."""
    tokenizer = family_tokenizer("smollm3")
    assert left_out(tokenizer, [{"role": "system", "content": "/no_think"}, TURNS[0]], {}) == []


def test_a_template_that_refuses_the_planted_words() -> None:
    tokenizer = byte_tokenizer()
    tokenizer.chat_template = (
        "{% for m in messages if m['role'] == 'user' %}{% if 'qz' in m['content'] %}{{ m.none.none }}{% endif %}"
        "{{ m['content'] }}{% endfor %}"
    )
    assert left_out(tokenizer, [SYSTEM, *CHAT], {}) == [
        "the content of message 1 (system)",
        "the content of message 3 (assistant)",
    ]
    assert misplaced(tokenizer, [SYSTEM, *CHAT], {}) == []


@pytest.mark.parametrize(
    ("family", "messages", "expected"),
    [
        ("mistral", LATER, [("message 3 (system)", "assistant")]),
        ("mistral-small", LATER, [("message 3 (system)", "assistant")]),
        ("nemotron2", [SYSTEM, *LATER], [("message 4 (system)", "assistant")]),
        (
            "hunyuan",
            [{"role": "developer", "content": "Be brief."}, *CHAT],
            [("message 1 (developer)", "assistant")],
        ),
        (
            "phi3",
            [CHAT[0], {"role": "critic", "content": "Bad."}, TURNS[4]],
            [("message 2 (critic)", "user")],
        ),
        ("llama", [CHAT[0], {"role": "ipython", "content": "12"}, TURNS[4]], []),
    ],
)
def test_messages_under_another_role(
    family: str, messages: list[Any], expected: list[tuple[str, str]]
) -> None:
    assert misplaced(family_tokenizer(family), messages, {}) == expected


@pytest.mark.parametrize("family", FAMILIES)
def test_usual_chats_are_written_as_they_are(family: str) -> None:
    """Instructions written to a user are usual."""
    for messages in (TURNS, [SYSTEM, *TURNS], CHAT, TWO_CALLS):
        assert misplaced(family_tokenizer(family), messages, {}) == []


def test_a_template_is_not_changed() -> None:
    messages = copy.deepcopy(TWO_CALLS)
    left_out(chat_tokenizer(CHATML), messages, {})
    misplaced(chat_tokenizer(CHATML), messages, {})
    assert messages == TWO_CALLS
