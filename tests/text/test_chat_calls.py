"""Calls of tools in a chat: with arguments of every kind, ids, words beside them, and one after another."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from helpers.chat_families import FAMILIES, ONE_CALL, family_tokenizer
from helpers.chats import BONN, CALLED, PLANTED, PLUS, TURNS, prompt, shown
from helpers.tiny import byte_tokenizer

from attrwidget.text.chat import find_spans, message_spans

ARGUMENTS: list[Any] = [{"days": 3}, {}, {"days": [1, 2]}, {"where": {"near": True}}, '{"city": "Rome"}']


@pytest.mark.parametrize("given", ARGUMENTS, ids=repr)
@pytest.mark.parametrize("family", FAMILIES)
def test_arguments_of_every_kind(family: str, given: Any) -> None:
    """A number ends a call without quotes; agents keep arguments as text."""
    tokenizer = family_tokenizer(family)
    call = {"type": "function", "function": {"name": "weather", "arguments": given}}
    messages = [TURNS[0], {**TURNS[1], "tool_calls": [call]}, *TURNS[2:]]
    ids = prompt(tokenizer, messages)
    told = message_spans(tokenizer, messages, ids)
    assert told == find_spans(tokenizer, ids)
    spans = shown(tokenizer, ids, told)
    for word, role in {"Oslo": "user", "Minus": "tool", "Icy": "assistant", "Bergen": "user"}.items():
        assert {title for title, text in spans if word in text} == {role}, (word, spans)


@pytest.mark.parametrize("family", [name for name in FAMILIES if name not in ONE_CALL])
def test_the_body_holds_all_calls_and_results(family: str) -> None:
    tokenizer = family_tokenizer(family)
    messages = [
        TURNS[0],
        {**TURNS[1], "tool_calls": [*TURNS[1]["tool_calls"], BONN]},
        TURNS[2],
        PLUS,
        *TURNS[3:],
    ]
    ids = prompt(tokenizer, messages)
    bodies = [
        (span.title, tokenizer.decode(ids[slice(*span.body)]))
        for span in message_spans(tokenizer, messages, ids)
    ]
    for word, role in {"Rome": "assistant", "Minus": "tool", **CALLED}.items():
        assert [title for title, text in bodies if word in text] == [role], (word, bodies)


def test_words_of_a_call_behind_the_result() -> None:
    """Gemma 4's template writes them there."""
    tokenizer = byte_tokenizer()
    tokenizer.add_tokens(
        ["<|turn>", "<turn|>", "<|call>", "<call|>", "<|result>", "<result|>"], special_tokens=True
    )
    tokenizer.chat_template = (
        "{% set ns = namespace(words='') %}{% for m in messages %}{% if m['role'] == 'tool' %}"
        "<|result>{{ m['content'] }}<result|>{{ ns.words }}{% elif m.get('tool_calls') %}<|turn>model\n<|call>"
        "{{ m['tool_calls'][0]['function']['name'] }}"
        "{{ m['tool_calls'][0]['function']['arguments'] | tojson }}<call|>{% set ns.words = m['content'] %}"
        "{% else %}<|turn>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ m['content'] }}<turn|>\n"
        "{% endif %}{% endfor %}{% if add_generation_prompt %}<|turn>model\n{% endif %}"
    )
    messages = [TURNS[0], {**TURNS[1], "content": "Let me see."}, TURNS[2], TURNS[4]]
    ids = prompt(tokenizer, messages)
    told = message_spans(tokenizer, messages, ids)
    assert told == find_spans(tokenizer, ids)
    spans = shown(tokenizer, ids, told)
    for word, role in {"Rome": "assistant", "Minus": "tool", "see": "assistant", "Bergen": "user"}.items():
        assert {title for title, text in spans if word in text} == {role}, (word, spans)


def test_the_id_of_a_call_is_no_part_of_a_header_or_footer() -> None:
    """Mistral's templates write it around the result of a tool."""
    call = {**BONN, "id": "zzz999yyy"}
    result = {**PLUS, "tool_call_id": "zzz999yyy"}
    messages = [
        TURNS[0],
        {"role": "assistant", "content": "", "tool_calls": [call]},
        result,
        TURNS[3],
        TURNS[4],
    ]
    for before, after in (("", ", {{ m['tool_call_id'] }}"), ("{{ m['tool_call_id'] }}[SEP]", "")):
        tokenizer = copy.deepcopy(family_tokenizer("mistral"))
        tokenizer.add_tokens(["[SEP]"], special_tokens=True)
        result_of = "[TOOL_RESULTS]{{ c }}"
        tokenizer.chat_template = FAMILIES["mistral"][0].replace(
            result_of, result_of.replace("{{ c }}", before + "{{ c }}" + after)
        )
        ids = prompt(tokenizer, messages)
        assert "zzz999yyy" in tokenizer.decode(ids)
        told = message_spans(tokenizer, messages, ids)
        assert told == find_spans(tokenizer, ids)
        assert [span.title for span in told] == ["user", "assistant", "tool", "assistant", "user"]


def test_a_later_call_without_a_header() -> None:
    """DeepSeek V3's template writes one before the first call of a chat alone."""
    tokenizer = byte_tokenizer()
    added = [
        "<|User|>",
        "<|Assistant|>",
        "<|calls|>",
        "<|call|>",
        "<|/calls|>",
        "<|outs|>",
        "<|out|>",
        "<|/out|>",
        "<|end|>",
    ]
    tokenizer.add_tokens(added, special_tokens=True)
    tokenizer.chat_template = (
        "{% set ns = namespace(call=false, out=false) %}{% for m in messages %}{% if m['role'] == 'user' %}"
        "<|User|>{{ m['content'] }}{% elif m.get('tool_calls') %}{% for t in m['tool_calls'] %}"
        "{{ '\n' if ns.call else '<|Assistant|><|calls|>' }}<|call|>{{ t['function']['name'] }} "
        "{{ t['function']['arguments'] | tojson }}{% set ns.call = true %}{% endfor %}<|/calls|><|end|>"
        "{% elif m['role'] == 'tool' %}{{ '' if ns.out else '<|outs|>' }}<|out|>{{ m['content'] }}<|/out|>"
        "{% set ns.out = true %}{% else %}<|Assistant|>{{ m['content'] }}<|end|>{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|Assistant|>{% endif %}"
    )
    messages = [TURNS[0], TURNS[1], TURNS[2], TURNS[3], TURNS[4], {**TURNS[1], "tool_calls": [BONN]}, PLUS]
    ids = prompt(tokenizer, messages)
    told = message_spans(tokenizer, messages, ids)
    assert told == find_spans(tokenizer, ids)
    spans = shown(tokenizer, ids, told)
    for word, role in {**PLANTED, **CALLED}.items():
        assert {title for title, text in spans if word in text} == {role}, (word, spans)
