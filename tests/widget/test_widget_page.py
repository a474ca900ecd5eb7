"""What the page sets in the widget, and the messages that it sends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers.wire import from_page, make, state

from attrwidget.page.checks import DEFAULT_OPTIONS


def test_what_the_page_sets_arrives_and_is_not_sent_back() -> None:
    widget = make(layer=1)
    sent = {"held": [1, 3], "method": "attention", "layer": None, "heads": [[1, 2]], "view": "matrix"}
    assert from_page(widget, **sent) == {}
    assert state(widget) == {**sent, "foil": None, "heads": [(1, 2)], "options": DEFAULT_OPTIONS}
    options = {**DEFAULT_OPTIONS, "intensity": 1, "hide_first": True}
    assert from_page(widget, options=options) == {}
    assert widget.options == options


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"held": [1, 9, -2]}, {"held": [1]}),
        ({"held": None}, {"held": []}),
        ({"method": "magic"}, {"method": "saliency"}),
        ({"method": {}}, {"method": "saliency"}),
        ({"layer": 7}, {"layer": 1}),
        ({"heads": [[0, 1], [8, 8], "x"]}, {"heads": [[0, 1]], "layer": None}),
        ({"heads": [[0, 1]], "layer": 1}, {"layer": None, "heads": [[0, 1]]}),
        ({"layer": 0, "heads": [[0, 1]]}, {"layer": None, "heads": [[0, 1]]}),
        ({"view": 3}, {"view": "text"}),
        (
            {"options": {"intensity": 99, "colour": "red", "hide_first": True}},
            {"options": {"intensity": 0.5}},
        ),
        ({"options": "none"}, {"options": {"intensity": 0.5, "hide_first": False}}),
    ],
)
def test_what_the_page_sets_wrongly_is_mended_and_the_page_told(
    sent: dict[str, Any], kept: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    widget = make(layer=1, options={"intensity": 0.5})
    told = from_page(widget, **sent)
    for name, value in kept.items():
        now = json.loads(json.dumps(getattr(widget, name)))
        assert (value.items() <= now.items()) if name == "options" else (now == value)
        if name in sent and now != sent[name]:
            assert told[name] == now
    assert "does not exist" in caplog.text


def test_the_page_cannot_set_what_python_tells_it() -> None:
    widget = make()
    content, code = widget.content, widget._esm
    from_page(widget, content={}, _esm="alert(1)")
    assert (widget.content, widget._esm) == (content, code)


def test_custom_messages_are_answered_over_the_comm() -> None:
    widget = make()
    answers: list[Any] = []
    widget._session._send = lambda message, buffers: answers.append((message, buffers))
    selection = {"method": "attention", "layer": None, "heads": [], "head_rule": "mean"}
    request = {"v": 1, "id": "1", "op": "scores", "args": {**selection, "steps": [9]}}
    widget._handle_msg({"content": {"data": {"method": "custom", "content": request}}, "buffers": []})
    assert answers == [
        (
            {
                "v": 1,
                "id": "1",
                "ok": False,
                "error": "There is no step 9: the answer's tokens are indexed from 0 to 3.",
            },
            [],
        )
    ]
