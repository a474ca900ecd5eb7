"""Two explanations side by side: their numbers, the widget and the page."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.html_page import Page
from scipy.stats import kendalltau

import attrwidget as aw
from attrwidget.widget.queries import read_query

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ["the", " plot", " was", " not", " at", " all", " un", "bear", "able"]
CUT = ["the", " plot", " was", " not", " at", " all", " un", "be", "arable"]
HERE, THERE = (
    [0.1, 0.5, 0.2, 0.9, 0.3, 0.4, 0.05, 0.15, 0.2],
    [-0.2, 0.7, 0.1, -0.6, 0.25, 0.3, 0.1, 0.5, 0.1],
)


def explained(words: list[str], scores: Any, output: str = "positive", **more: Any) -> aw.SavedExplanation:
    return aw.from_scores(words, scores, output=output, signed=True, **more)


def test_the_numbers_are_those_of_scipy_on_what_both_cut_alike() -> None:
    numbers = aw.compare(explained(WORDS, HERE), explained(CUT, THERE)).numbers().loc[0]
    # “bear|able” and “be|arable” are one piece of text; “un” is a piece of both.
    here, there = [*HERE[:7], 0.15 + 0.2], [*THERE[:7], 0.5 + 0.1]
    assert numbers["words"] == 8
    assert numbers["kendall_tau"] == pytest.approx(kendalltau(here, there).statistic)
    # Highest here: not .9, plot .5, all .4, bearable .35, at .3; there: plot .7, bearable .6, all .3, at .25, then .1.
    assert (numbers["top_5"], numbers["parts_at"], numbers["rank"], numbers["other_rank"]) == (4, "not", 1, 8)
    assert list(numbers[["token", "other"]]) == ["positive", "positive"]


def test_two_methods_of_one_explanation() -> None:
    ex = aw.from_scores(WORDS, {"a": np.abs(HERE), "b": THERE}, output="positive")
    numbers = aw.compare(ex, ex, methods=["a", "b"]).numbers().loc[0]
    # One of them has no sign, so that both are compared by size; “a” is shown as shares of its row.
    assert numbers["kendall_tau"] == pytest.approx(kendalltau(HERE, np.abs(THERE)).statistic)
    assert (numbers["words"], aw.compare(ex, ex).widget.other) == (9, {})


def test_the_widget_answers_for_both() -> None:
    comparison = aw.compare(explained(WORDS, HERE), explained(CUT, THERE, model_name="second"))
    widget = comparison.widget
    assert (widget.view, widget.other["content"]["model"], comparison.widget) == ("compare", "second", widget)
    assert widget.other["links"][-4:] == [[7, 7], [7, 8], [8, 8], [9, 9]]
    query = {"method": "scores", "layer": None, "heads": [], "head_rule": "mean", "steps": [0]}
    expected = read_query(comparison._other, "scores", query).answer(lambda *_: None).buffer
    sent: list[bytes] = []
    arrived = threading.Event()

    def keep(_: Any, buffers: list[bytes]) -> None:
        sent.extend(map(bytes, buffers))
        arrived.set()

    widget._second._send = keep
    widget._receive(widget, {"v": 1, "id": "a", "op": "scores", "args": query, "of": "other"}, [])
    assert arrived.wait(5)
    assert sent == [bytes(expected)]
    widget.close()


def test_the_page_carries_both(tmp_path: Path) -> None:
    comparison = aw.compare(explained(WORDS, HERE), explained(CUT, THERE, model_name="second"))
    text = comparison.to_html(tmp_path / "two.html").read_text(encoding="utf-8")  # type: ignore[union-attr]
    data = json.loads(Page(text).scripts[0])
    assert (data["state"]["view"], data["other"]["content"]["model"]) == ("compare", "second")
    assert data["other"]["links"] == comparison.widget.other["links"]
    assert data["other"]["scores"].keys() == {"scores"}


@pytest.mark.parametrize(
    ("other", "methods", "words"),
    [
        ("a text", None, "two explanations"),
        (None, "magic", "magic"),
        (None, ["scores"] * 3, "two names, not 3"),
    ],
)
def test_what_cannot_be_compared_is_refused(other: Any, methods: Any, words: str) -> None:
    ex = explained(WORDS, HERE)
    with pytest.raises(aw.AttrWidgetError, match=words):
        aw.compare(ex, other or ex, methods=methods)
