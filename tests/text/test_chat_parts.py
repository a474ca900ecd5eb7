"""Contents that are lists of parts are explained as the text that they make."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.real import smollm2_tokenizer
from helpers.tiny import byte_tokenizer

from attrwidget.errors import AttrWidgetError
from attrwidget.text.chat_parts import with_text_contents

PARTS = [{"type": "text", "text": "Name a river."}, {"type": "text", "text": "Of France."}]
CHAT = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": PARTS}]
JOINED = [CHAT[0], {"role": "user", "content": "Name a river.\nOf France."}]
OF_TEXTS = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
OF_LISTS = (
    "{% for m in messages %}<{{ m.role }}>{% if m.content is string %}{{ m.content }}"
    "{% else %}{% for part in m.content %}{{ part.text }}{% endfor %}{% endif %}{% endfor %}"
)


def tokenizer_with(template: str) -> Any:
    tokenizer = byte_tokenizer()
    tokenizer.chat_template = template
    return tokenizer


@pytest.mark.parametrize(
    "tokenizer",
    [
        smollm2_tokenizer(),
        tokenizer_with(OF_TEXTS),
        tokenizer_with(OF_TEXTS.replace("content }", "content | tojson }")),
    ],
    ids=["refuses a list", "prints a list", "prints it as JSON"],
)
def test_parts_are_joined_where_the_template_takes_no_list(tokenizer: Any) -> None:
    assert with_text_contents(tokenizer, CHAT, {}) == JOINED
    assert with_text_contents(tokenizer, JOINED, {}) is JOINED
    assert (
        with_text_contents(tokenizer, [{"role": "user", "content": ["Hi", "there"]}], {})[0]["content"]
        == "Hi\nthere"
    )


def test_a_template_that_takes_lists_gets_them() -> None:
    assert with_text_contents(tokenizer_with(OF_LISTS), CHAT, {}) is CHAT


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ([{"type": "image", "url": "river.png"}], "part 'image'"),
        ([{"type": "text"}], "part 'text'"),
        ([3], "part 3"),
        (5, "message 0 is 5"),
        ({"text": "Hi"}, "message 0 is {'text': 'Hi'}"),
    ],
)
def test_what_is_no_text_is_refused_by_name(content: Any, named: str) -> None:
    with pytest.raises(AttrWidgetError, match=named):
        with_text_contents(tokenizer_with(OF_LISTS), [{"role": "user", "content": content}], {})
