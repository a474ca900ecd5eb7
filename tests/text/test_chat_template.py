"""What a chat template reads, and the control tokens in what it writes."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.chats import CHATML, chat_tokenizer
from helpers.tiny import byte_tokenizer

from attrwidget.text.chat_template import controls_in, mark, marked_ids, unmarked, variables


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
