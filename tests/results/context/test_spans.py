"""The context that is meant: tokens, a text, messages, thoughts; and what is said where it is none."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.chats import CHATML, chat_tokenizer
from helpers.tiny import build

import attrwidget as aw
from attrwidget.errors import AttrWidgetError
from attrwidget.results.context.contexts import ContextSpan
from attrwidget.results.context.spans import find_context


@pytest.fixture(scope="module")
def ex() -> aw.Explanation:
    return aw.load("demo").explain(
        "The capital of Japan is Tokyo. The capital of France is", output=" Paris."
    )


@pytest.fixture(scope="module")
def chat() -> aw.Explanation:
    messages = [
        {"role": "system", "content": "Rex is a dog"},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi"},
        {"role": "user", "content": "Who?"},
    ]
    return chat_of(CHATML, messages)


def chat_of(template: str, messages: Any) -> aw.Explanation:
    return aw.load(build("gpt2"), chat_tokenizer(template)).explain(messages, max_new_tokens=2)


def text(ex: aw.Explanation, start: int, end: int) -> str:
    return "".join(unit.text for unit in ex.tokens.units if start <= unit.start < end)


def test_a_stretch_or_several(ex: aw.Explanation) -> None:
    assert find_context(ex.reading, (1, 3)) == [ContextSpan(1, 3, 1, 3)]
    assert find_context(ex.reading, [(4, 6), [1, 3]]) == [ContextSpan(1, 3, 1, 3), ContextSpan(4, 6, 4, 6)]


def test_a_text_is_found_with_the_tokens_that_hold_it(ex: aw.Explanation) -> None:
    (span,) = find_context(ex.reading, "Japan is Tokyo")
    assert text(ex, span.start, span.end) == " Japan is Tokyo"


def test_messages_of_a_role_but_the_question(chat: aw.Explanation) -> None:
    (system,) = find_context(chat.reading, "system")
    assert text(chat, system.start, system.end) == "<|im_start|>system\nRex is a dog<|im_end|>\n"
    assert text(chat, system.first, system.last) == "Rex is a dog"
    (user,) = find_context(chat.reading, "user")
    assert text(chat, user.first, user.last) == "Hello"


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        ("Spain", "'Spain' does not stand in the prompt: give its words"),
        ("The capital of", "stands in the prompt more than once"),
        (" ", "is an empty text"),
        ([], "is empty"),
        (3, "A context are a list|A context is"),
        ((3, 3), r"no stretch of tokens \(3, 3\): the text has tokens 0 to"),
        ((1, 99), "no stretch of tokens"),
        ([(1, 4), (3, 5)], "overlap at token 3"),
        ([(1, 2, 3)], r"is \(start, end\), not"),
        (("a", "b"), "A stretch of tokens"),
        ("thinking", "has no thoughts"),
    ],
)
def test_what_is_no_context_is_said(ex: aw.Explanation, context: Any, sentence: str) -> None:
    with pytest.raises(AttrWidgetError, match=sentence):
        find_context(ex.reading, context)


def test_a_context_does_not_cross_into_the_answer(ex: aw.Explanation) -> None:
    first, last = ex.reading.first_step, len(ex.tokens)
    with pytest.raises(AttrWidgetError, match="not of one part"):
        find_context(ex.reading, (first - 1, first + 1))
    with pytest.raises(AttrWidgetError, match="Nothing of the answer follows"):
        find_context(ex.reading, (last - 1, last))


def test_the_only_message_of_a_role_may_be_the_question() -> None:
    ex = chat_of(CHATML, [{"role": "user", "content": "Who?"}])
    with pytest.raises(AttrWidgetError, match="user message is the last one"):
        find_context(ex.reading, "user")
