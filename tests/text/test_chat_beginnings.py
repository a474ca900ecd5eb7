"""What begins a chat without a header of its own: a system message, an answer, a tool's call or its result."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from helpers.chat_families import FAMILIES, LOOK_BACK, family_tokenizer
from helpers.chats import OWN_SYSTEM, SYSTEM, TURNS, prompt, shown
from helpers.tiny import byte_tokenizer

from attrwidget.kinds.causal.chats import words_warning
from attrwidget.text.chat import begins_unclear, find_spans, message_spans


@pytest.mark.parametrize("family", ["deepseek3.1", "command", "llama2", "granite"])
def test_a_chat_that_begins_with_an_answer(family: str) -> None:
    """DeepSeek writes no header before it, and closes it as an answer; Llama 2 closes it so, too."""
    tokenizer = family_tokenizer(family)
    messages = [{"role": "assistant", "content": "Welcome."}, TURNS[0]]
    ids = prompt(tokenizer, messages)
    told = message_spans(tokenizer, messages, ids)
    assert [span.title for span in told][:2] == ["assistant", "user"]
    assert "Welcome." in tokenizer.decode(ids[told[0].start : told[0].end])
    if family != "llama2":  # it closes what it writes of any other role in the same way
        assert told == find_spans(tokenizer, ids)


@pytest.mark.parametrize("before", [[], [SYSTEM]], ids=["", "system"])
@pytest.mark.parametrize("family", [name for name in FAMILIES if name not in LOOK_BACK])
def test_a_chat_that_begins_with_a_tools_result(family: str, before: list[Any]) -> None:
    """Some templates write no header before it."""
    tokenizer, messages = family_tokenizer(family), [*before, TURNS[2], TURNS[4]]
    ids = prompt(tokenizer, messages)
    told = message_spans(tokenizer, messages, ids)
    assert told == find_spans(tokenizer, ids)
    spans = shown(tokenizer, ids, told)
    for word, role in {"Minus": "tool", "Bergen": "user"}.items():
        assert {title for title, text in spans if word in text} == {role}, (word, spans)


def test_an_answer_that_is_closed_like_a_system_message() -> None:
    """The messages tell them apart; the ids cannot, which is said."""
    tokenizer = byte_tokenizer()
    tokenizer.add_tokens(["[INST]", "[/INST]", "</s>"], special_tokens=True)
    tokenizer.chat_template = (
        "{% for m in messages %}{% if m['role'] == 'user' %}[INST]{{ m['content'] }}[/INST]{% else %}"
        "{{ m['content'] }}</s>{% endif %}{% endfor %}"
    )
    answer = {"role": "assistant", "content": "Welcome."}
    for before in ([answer], [SYSTEM], [SYSTEM, answer], [SYSTEM, SYSTEM, answer]):
        messages = [*before, TURNS[0]]
        ids = prompt(tokenizer, messages)
        told = [span.title for span in message_spans(tokenizer, messages, ids)]
        assert told == [*dict.fromkeys(message["role"] for message in before), "user"]
        assert [span.title for span in find_spans(tokenizer, ids)] == ["system", "user"]
        assert begins_unclear(tokenizer, ids)
        assert words_warning(tokenizer, ids)[0].endswith("give the messages themselves.")
    ids = prompt(tokenizer, [TURNS[0], answer, TURNS[4]])
    assert not begins_unclear(tokenizer, ids)
    assert not any(
        begins_unclear(family_tokenizer(name), prompt(family_tokenizer(name), TURNS)) for name in FAMILIES
    )


def test_a_system_message_and_an_answer_without_a_border() -> None:
    """The messages tell where the one ends; the ids only that an answer does."""
    tokenizer = family_tokenizer("deepseek3.1")
    messages = [SYSTEM, {"role": "assistant", "content": "Welcome."}, TURNS[0]]
    ids = prompt(tokenizer, messages)
    told = shown(tokenizer, ids, message_spans(tokenizer, messages, ids))
    assert [title for title, _ in told] == ["system", "assistant", "user", "assistant"]
    assert told[0][1].endswith("Be brief.")
    assert told[1][1] == "Welcome.<|end|>"
    assert [span.title for span in find_spans(tokenizer, ids)] == ["assistant", "user", "assistant"]
    assert begins_unclear(tokenizer, ids)
    assert not begins_unclear(tokenizer, prompt(tokenizer, [SYSTEM, TURNS[0]]))


@pytest.mark.parametrize("before", [[], [SYSTEM]], ids=["", "system"])
@pytest.mark.parametrize("family", [name for name in FAMILIES if name not in LOOK_BACK])
def test_a_chat_that_begins_with_a_call(family: str, before: list[Any]) -> None:
    """The ids tell it from a system message where the template marks one of the two."""
    tokenizer, messages = family_tokenizer(family), [*before, TURNS[1], TURNS[2], TURNS[4]]
    ids = prompt(tokenizer, messages)
    told = message_spans(tokenizer, messages, ids)
    spans = shown(tokenizer, ids, told)
    for word, role in {"Rome": "assistant", "Minus": "tool", "Bergen": "user"}.items():
        assert {title for title, text in spans if word in text} == {role}, (word, spans)
    assert told == find_spans(tokenizer, ids) or begins_unclear(tokenizer, ids)


def test_a_call_that_begins_a_chat_of_a_template_that_refuses_other_answers_there() -> None:
    """Mistral's, which mark a call and no answer."""
    tokenizer = copy.deepcopy(family_tokenizer("mistral-tools"))
    answer = "messages[0]['role'] == 'assistant' and not messages[0].get('tool_calls')"
    refused = f"{{% if {answer} %}}{{{{ messages.none.none }}}}{{% endif %}}"
    tokenizer.chat_template = refused + FAMILIES["mistral-tools"][0]
    messages = [TURNS[1], TURNS[2], TURNS[4]]
    ids = prompt(tokenizer, messages)
    told = message_spans(tokenizer, messages, ids)
    assert told == find_spans(tokenizer, ids)
    assert [span.title for span in told] == ["assistant", "tool", "user"]
    assert not begins_unclear(tokenizer, ids)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_answer_that_is_begun_alone(family: str) -> None:
    """Some templates write no header into such a prompt."""
    tokenizer, messages = family_tokenizer(family), [{"role": "assistant", "content": "Welcome."}]
    written = tokenizer.apply_chat_template(messages, tokenize=False) if family not in LOOK_BACK else ""
    ids = tokenizer(written, add_special_tokens=False)["input_ids"]
    under = {
        span.title
        for span in message_spans(tokenizer, messages, ids)
        if "Welcome" in tokenizer.decode(ids[span.start : span.end])
    }
    assert under == ({"assistant"} if written else set())


def test_an_empty_turn_after_the_templates_own_message() -> None:
    """Cohere 2's template writes one for a tool's result, and none of its words, where it is given no tools."""
    tokenizer = copy.deepcopy(family_tokenizer("command2"))
    result = "<|SYSTEM|><|START_RESULT|>{{ c }}<|END_RESULT|>"
    assert result in FAMILIES["command2"][0]
    tokenizer.chat_template = FAMILIES["command2"][0].replace(result, "")
    messages = [TURNS[2], TURNS[0]]
    ids = prompt(tokenizer, messages)
    assert "Minus" not in tokenizer.decode(ids)
    told = message_spans(tokenizer, messages, ids)
    assert told == find_spans(tokenizer, ids)
    assert [span.title for span in told] == [OWN_SYSTEM, "user", "assistant"]
