"""Messages of roles that no template knows by name, such as "critic", where it writes the name."""

from __future__ import annotations

import pytest
from helpers.chat_families import FAMILIES, family_tokenizer
from helpers.chats import CHATML, TURNS, chat_tokenizer, prompt, shown

from attrwidget.text.chat import find_spans, message_spans

CRITIC = {"role": "critic", "content": "Too short."}
CHAT = [
    TURNS[0],
    CRITIC,
    TURNS[3],
    {"role": "user2", "content": "Why so?"},
    {"role": "other critic", "content": "No."},
    TURNS[4],
]
# Templates that write the role between two control tokens, or after one.
NAMING = [
    *(
        "qwen2.5",
        "qwen3",
        "qwen3.5",
        "llama",
        "phi4",
        "gemma",
        "granite",
        "gpt-oss",
        "smollm2",
        "llama4",
        "kimi",
    ),
    *("granite4", "smollm3", "nemotron3", "qwen3.6", "gemma3", "gemma4"),
]


@pytest.mark.parametrize("family", NAMING)
def test_a_role_that_is_written_names_the_message(family: str) -> None:
    tokenizer = family_tokenizer(family)
    for messages in (CHAT, [CRITIC, TURNS[0]]):
        ids = prompt(tokenizer, messages)
        told = message_spans(tokenizer, messages, ids)
        assert told == find_spans(tokenizer, ids)
        spans = shown(tokenizer, ids, told)
        for message in messages:
            word = message["content"].split()[-1]
            assert {title for title, text in spans if word in text} == {message["role"]}, spans


def test_its_body_is_without_header_and_footer() -> None:
    tokenizer = chat_tokenizer(CHATML)
    ids = prompt(tokenizer, CHAT)
    (span,) = [span for span in find_spans(tokenizer, ids) if span.title == "critic"]
    assert tokenizer.decode(ids[slice(*span.body)]) == CRITIC["content"]


@pytest.mark.parametrize("family", FAMILIES)
def test_messages_and_ids_agree(family: str) -> None:
    """Whatever a template makes of such a role."""
    tokenizer = family_tokenizer(family)
    ids = prompt(tokenizer, CHAT)
    assert message_spans(tokenizer, CHAT, ids) == find_spans(tokenizer, ids)
