"""The apps on models that servers hold."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.chats import CHATML, chat_tokenizer
from helpers.model_server import model_server
from helpers.tiny import build
from helpers.waiting import join

import attrwidget as aw
from attrwidget.apps.comparer import Comparer
from attrwidget.apps.explorer import Explorer
from attrwidget.apps.served import Served, served_at
from attrwidget.apps.workbench import WARM_UP, Workbench
from attrwidget.comparison import Comparison
from attrwidget.served.explanation import ServedExplanation

TEXT = "The capital of Japan is"


def finished(app: Workbench) -> Workbench:
    app.start()
    join("(_work)", WARM_UP)
    return app


def test_only_the_models_of_servers_are_offered_and_they_answer_as_at_home(
    demo: Any, demo_address: str
) -> None:
    explorer = Explorer(TEXT, max_new_tokens=3, allowed=Served(served=served_at([demo_address])))
    assert [value for _, value in explorer.form.source.options] == ["demo"]
    finished(explorer)
    assert explorer.message.value == ""
    assert isinstance(explorer.explanation, ServedExplanation)
    wanted = demo.explain(TEXT, max_new_tokens=3)
    assert explorer.explanation.tokens == wanted.tokens
    widget = explorer.explanation.widget
    assert widget.prepare(60)
    assert list(explorer.result.children) == [widget]


def test_one_served_model_compares_two_methods(demo: Any, demo_address: str) -> None:
    comparer = Comparer(TEXT, allowed=Served(served=served_at([demo_address])))
    comparer.form.count.value = 2
    finished(comparer)
    assert comparer.message.value == ""
    assert isinstance(comparer.shown, Comparison)
    ex = demo.explain(TEXT, max_new_tokens=2)
    assert comparer.shown.numbers().equals(aw.compare(ex, ex).numbers())


def test_two_servers_compare_two_models_and_a_chat_model_is_given_chats(demo_address: str) -> None:
    model = aw.load(build("gpt2"), chat_tokenizer(CHATML))
    with model_server(model) as other:
        comparer = Comparer(TEXT, allowed=Served(chat=True, served=served_at([demo_address, other])))
        comparer.form.count.value = 2
        finished(comparer)
        assert comparer.message.value == ""
        assert comparer.shown is not None
        titles = [section["title"] for section in comparer.shown.widget.other["content"]["sections"]]
    assert "user" in titles


def test_a_server_that_is_gone_is_a_sentence_in_the_form(demo: Any) -> None:
    with model_server(demo) as address:
        explorer = Explorer(TEXT, max_new_tokens=2, allowed=Served(served=served_at([address])))
        finished(explorer)
        shown = explorer.result.children
    finished(explorer)
    assert "does not answer" in explorer.message.value
    assert explorer.result.children == shown
    with pytest.raises(aw.AttrWidgetError, match="does not answer"):
        served_at([address])
