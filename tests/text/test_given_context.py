"""Documents and tools are taken as people give them, named, and laid out plainly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from attrwidget.errors import AttrWidgetError
from attrwidget.text.given_context import documents_of, plain_layout, title_of, tools_of


def get_weather(town: str) -> str:
    """Say how warm it is.

    Args:
        town: The town.
    """
    return town


def test_the_layout_says_where_each_stands() -> None:
    documents = documents_of(
        ["Ottawa is cold. ", {"title": "Lima", "text": "Lima is dry."}, {"page": "It rains."}]
    )
    tools = tools_of([get_weather])
    text, stretches = plain_layout({"documents": documents, "tools": tools})
    assert text == (
        f"Tools:\n{json.dumps(tools[0])}\n\n[1] Ottawa is cold.\n\n[2] Lima\nLima is dry.\n\n[3] It rains.\n\n"
    )
    parts = [text[one.start : one.end] for one in stretches]
    assert parts == [json.dumps(tools[0]), "[1] Ottawa is cold.", "[2] Lima\nLima is dry.", "[3] It rains."]
    assert [one.title for one in stretches] == [
        "get_weather",
        "[1] Ottawa is cold.",
        "[2] Lima",
        "[3] It rains.",
    ]
    assert [one.kind for one in stretches] == ["tool", "document", "document", "document"]


def test_a_long_name_is_cut_at_a_word() -> None:
    assert title_of("document", 0, {"text": "The bridge\nin Istanbul was opened, at last, in 1973."}) == (
        "[1] The bridge in Istanbul was …"
    )


@pytest.mark.parametrize("given", ["text", {"text": "x"}, [3], [""], [{"title": "x", "pages": 3}], [{}], 3])
def test_what_is_no_list_of_documents(given: Any) -> None:
    with pytest.raises(AttrWidgetError, match=r"give a text|list of texts"):
        documents_of(given)


def test_a_function_without_hints() -> None:
    with pytest.raises(AttrWidgetError, match="type hints and a docstring"):
        tools_of([lambda town: town])
    with pytest.raises(AttrWidgetError, match="list of functions"):
        tools_of(get_weather)
