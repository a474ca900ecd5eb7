"""Documents and tools are found where the chat template wrote them, whatever it writes around them."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from helpers.chat_families import FAMILIES, family_tokenizer
from helpers.documents import DOCUMENTS, IGNORES, READERS, reader

from attrwidget.text.chat_contents import Rendering
from attrwidget.text.chat_template import run_template
from attrwidget.text.template_context import item_stretches, reads_items

# An earlier message repeats a document word for word.
MESSAGES = [
    {"role": "user", "content": f"Look: {DOCUMENTS[0]['text']}"},
    {"role": "assistant", "content": "It is cold."},
    {"role": "user", "content": "Which is the capital?"},
]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": name,
            "description": f'{name} says "it"\nin words',
            "parameters": {
                "type": "object",
                "properties": {key: {"type": "string", "description": f"The {key}"}},
                "required": [key],
            },
        },
    }
    for name, key in (("get_weather", "town"), ("get_time", "zone"), ("send_mail", "to"))
]


def found(tokenizer: Any, name: str, items: list[Any]) -> tuple[str, list[Any]]:
    options = {name: items, "add_generation_prompt": True}
    text = run_template(tokenizer, MESSAGES, **options)
    return text, item_stretches(tokenizer, MESSAGES, Rendering(text, options), name)


def as_written(text: str) -> list[str]:
    return [text, text.strip(), json.dumps(text, ensure_ascii=False)[1:-1]]


@pytest.mark.parametrize("count", [1, 2, len(DOCUMENTS)])
@pytest.mark.parametrize("name", READERS)
def test_each_document_stands_in_its_own_stretch(name: str, count: int) -> None:
    tokenizer, given = reader(name), DOCUMENTS[:count]
    assert reads_items(tokenizer, MESSAGES[-1:], {"documents": given}, "documents")
    text, stretches = found(tokenizer, "documents", given)
    assert [one.title for one in stretches] == [f"[{at}] {d['title']}" for at, d in enumerate(given, 1)]
    assert all(a.end <= b.start for a, b in pairwise(stretches))
    for one, document in zip(stretches, given, strict=True):
        part = text[one.start : one.end]
        ends = {"json": '"}', "one list": '"}', "tagged": "<|im_end|>"}
        assert any(part.endswith(written + ends.get(name, "")) for written in as_written(document["text"]))
        if name != "counted":  # is found by the texts alone
            assert document["title"] in part or name == "tagged"
        assert name == "tagged" or "<|im_end|>" not in part
        assert "Look" not in part


@pytest.mark.parametrize("name", ["numbered", "json", "one list"])
def test_a_stretch_has_all_that_is_written_of_a_document(name: str) -> None:
    text, stretches = found(reader(name), "documents", DOCUMENTS)
    for at, (one, document) in enumerate(zip(stretches, DOCUMENTS, strict=True)):
        whole = f"Document: {at}\nTitle: {document['title']}\nText: {document['text']}"
        assert text[one.start : one.end] == (
            whole if name == "numbered" else json.dumps(document, ensure_ascii=False)
        )


@pytest.mark.parametrize("name", IGNORES)
def test_a_template_that_does_not_write_the_texts(name: str) -> None:
    assert not reads_items(reader(name), MESSAGES, {"documents": DOCUMENTS}, "documents")


@pytest.mark.parametrize("family", FAMILIES)
def test_each_tool_stands_in_its_own_stretch(family: str) -> None:
    tokenizer = family_tokenizer(family)
    if not reads_items(tokenizer, MESSAGES[-1:], {"tools": TOOLS}, "tools"):
        assert "get_weather" not in run_template(tokenizer, MESSAGES[-1:], tools=TOOLS)
        return
    text, stretches = found(tokenizer, "tools", TOOLS)
    names = [tool["function"]["name"] for tool in TOOLS]
    assert [one.title for one in stretches] == names
    for one in stretches:
        part = text[one.start : one.end]
        assert [name for name in names if name in part] == [one.title]
        assert part.count("{") == part.count("}")
        assert "capital" not in part
    assert sum("get_time" in text[one.start : one.end] for one in stretches) == 1
