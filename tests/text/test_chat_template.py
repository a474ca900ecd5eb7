"""What a chat template reads, and the control tokens in what it writes."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.chats import CHATML, chat_tokenizer
from helpers.refused import refused
from helpers.tiny import build, byte_tokenizer

import attrwidget as aw
from attrwidget.text.chat import find_spans
from attrwidget.text.chat_template import controls_in, mark, marked_ids, unmarked, variables

MODEL = build("gpt2")


@pytest.mark.parametrize(
    ("template", "read"),
    [
        ("{{ messages }}{% if tools %}{{ tools | tojson }}{% endif %}", {"messages", "tools"}),
        ("{% if not day is defined %}{% set day = 'Monday' %}{% endif %}{{ day }}", {"day"}),
        ("{% set day = 'Monday' %}{{ day }}{% generation %}{{ messages }}{% endgeneration %}", {"messages"}),
        ({"default": "{{ messages }}", "tool_use": "{{ tools }}"}, {"messages", "tools"}),
        ("{% if %}", None),
    ],
)
def test_the_names_that_a_template_reads(template: Any, read: set[str] | None) -> None:
    tokenizer = byte_tokenizer()
    tokenizer.chat_template = template
    assert variables(tokenizer) == read


def test_marks_stand_around_control_tokens_alone() -> None:
    tokenizer = chat_tokenizer(CHATML)
    text = "<|im_start|>user\nWho <b>was</b> first?<|im_end|>"
    marked = mark(tokenizer, text)
    assert controls_in(marked) == {"<|im_start|>", "<|im_end|>"}
    assert unmarked(marked) == text
    ids = tokenizer(text)["input_ids"]
    assert marked_ids(tokenizer, ids)[0] == marked
    plain = marked_ids(tokenizer, ids, [len(ids) - 1])[0]
    assert controls_in(plain) == {"<|im_start|>"}
    assert unmarked(plain) == text


ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ raise_exception('no\nway') }}", ["refuses these messages: no"]),
        ("{{ messages[0].a.b }}", ["refuses"]),
        ("{% if %}", ["refuses"]),
        ("{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}", ["refuses", "recursion"]),
        ("{{ 'word ' * 2000000 }}", ["writes 10,000,000 characters"]),
        ("{{ 'a' * 10**13 }}", ["refuses"]),
        ("{% for i in range(10**9) %}x{% endfor %}", ["refuses", "Range too big"]),
        ("{{ ''.__class__.__mro__ }}", ["refuses", "unsafe"]),
        ("{{ '\\ud800' }}", ["half of a surrogate pair"]),
        ("{{ strftime_now(3) }}", ["refuses"]),
        (ENDLESS, ["did not end within 0.2 seconds"]),
        (5, ["refuses"]),
    ],
)
def test_a_hostile_template_is_one_sentence_and_bare_texts_need_none(
    template: Any, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if template == ENDLESS:
        monkeypatch.setattr("attrwidget.text.chat_template._SECONDS", 0.2)
    tokenizer = byte_tokenizer()
    tokenizer.chat_template = template
    model = aw.load(MODEL, tokenizer)
    chat = [{"role": "user", "content": "Who was first?"}]
    refused(lambda: model.explain(chat, max_new_tokens=1), *words)
    assert model.explain("Who was first?", max_new_tokens=1).reading.n_steps == 1


def test_a_template_that_calls_itself_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer, runs = byte_tokenizer(), []
    tokenizer.chat_template = "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}"
    run = tokenizer.apply_chat_template
    monkeypatch.setattr(tokenizer, "apply_chat_template", lambda *a, **k: runs.append(a) or run(*a, **k))
    assert find_spans(tokenizer, tokenizer("Who was first?")["input_ids"]) == []
    assert len(runs) == 1


@pytest.mark.parametrize(
    "template",
    [
        "{% raw %}{{ messages }}{% endraw %}",
        "hello",
        "\0{{ messages[0]['content'] }}\1",
        "{{ strftime_now('%Y') }} x",
    ],
)
def test_an_odd_template_is_explained_as_it_is(template: str) -> None:
    tokenizer = byte_tokenizer()
    tokenizer.chat_template = template
    ex = aw.load(MODEL, tokenizer).explain([{"role": "user", "content": "Who?"}], max_new_tokens=1)
    assert ex.reading.n_steps == 1
    assert aw.from_scores(ex.tokens.labels, [0.0] * len(ex.tokens))
