"""Two explanations side by side: their numbers, the widget and the page."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.exported import unpacked
from helpers.html_page import Page
from scipy.stats import kendalltau

import attrwidget as aw
from attrwidget.comparison import Comparisons
from attrwidget.widget.queries import read_query

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ["the", " plot", " was", " not", " at", " all", " un", "bear", "able"]
CUT = ["the", " plot", " was", " not", " at", " all", " un", "be", "arable"]
HERE, THERE = (
    [0.1, 0.5, 0.2, 0.9, 0.3, 0.4, 0.06, 0.15, 0.2],
    [-0.2, 0.7, 0.1, -0.6, 0.25, 0.3, 0.12, 0.5, 0.1],
)


def explained(words: list[str], scores: Any, output: str = "positive", **more: Any) -> aw.SavedExplanation:
    return aw.from_scores(words, scores, output=output, signed=True, **more)


def whole(scores: list[float]) -> list[float]:
    """“un|bear|able” and “un|be|arable” are one word."""
    return [*scores[:6], sum(scores[6:])]


def test_the_numbers_are_those_of_scipy_on_what_both_cut_alike() -> None:
    numbers = aw.compare(explained(WORDS, HERE), explained(CUT, THERE)).numbers().loc[0]
    here, there = whole(HERE), whole(THERE)
    assert numbers["words"] == 7
    assert numbers["kendall_tau"] == pytest.approx(kendalltau(here, there).statistic)
    # Here: not .9, plot .5, unbearable .41, all .4, at .3; there: unbearable .72, plot .7, all .3, at .25, was .1.
    assert (numbers["top_5"], numbers["parts_at"], numbers["rank"], numbers["other_rank"]) == (4, "not", 1, 7)
    assert list(numbers[["token", "other"]]) == ["positive", "positive"]


def test_it_prints_its_numbers() -> None:
    printed = str(aw.compare(explained(WORDS, HERE, model_name="a"), explained(CUT, THERE, model_name="b")))
    tau = f"{kendalltau(whole(HERE), whole(THERE)).statistic:+.2f}".replace("-", "−")
    assert printed == (
        "a by Scores, beside b by Scores:\n"
        f"positive: Kendall's τ {tau} over 7 words, 4 of the 5 highest in both; they part at not, number 1 and 7."
    )
    apart = str(
        aw.compare(explained(["one", " two"], [1, 2]), explained(["three", " four"], [1, 2], "negative"))
    )
    assert apart.splitlines()[1] == "positive and negative: no order to compare, 0 words in both."


def test_two_methods_of_one_explanation() -> None:
    ex = aw.from_scores(WORDS, {"a": np.abs(HERE), "b": THERE}, output="positive")
    numbers = aw.compare(ex, ex, methods=["a", "b"]).numbers().loc[0]
    # One of them has no sign, so that both are compared by size; “a” is shown as shares of its row.
    assert numbers["kendall_tau"] == pytest.approx(kendalltau(whole(HERE), np.abs(whole(THERE))).statistic)
    assert (numbers["words"], aw.compare(ex, ex).widget.other) == (7, {})


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
    data = unpacked(Page(text).scripts[0])
    assert (data["state"]["view"], data["other"]["content"]["model"]) == ("compare", "second")
    assert data["other"]["links"] == comparison.widget.other["links"]
    assert data["other"]["scores"].keys() == {"scores"}


def test_the_second_method_of_one_explanation_is_shown_and_carried(tmp_path: Path) -> None:
    ex = aw.from_scores(WORDS, {"a": np.abs(HERE), "b": THERE, "c": HERE}, output="positive")
    comparison = aw.compare(ex, ex, methods=["a", "c"])
    assert comparison.widget.options["second"] == "c"
    comparison.widget.options = {**comparison.widget.options, "difference": True}
    text = comparison.to_html(tmp_path / "two.html", methods=["a", "c"]).read_text(encoding="utf-8")  # type: ignore[union-attr]
    state = unpacked(Page(text).scripts[0])["state"]
    assert (state["method"], state["options"]["second"], state["options"]["difference"]) == (
        "a",
        "c",
        True,
    )


def test_a_page_carries_the_methods_compared_and_pinned() -> None:
    ex = aw.load("demo").explain("The capital of Japan is", max_new_tokens=1)
    comparison = aw.compare(ex, ex, methods=["saliency", "rollout"])
    pin = {"method": "value_zeroing", "held": [0]}
    comparison.widget.options = {**comparison.widget.options, "compare": "pinned", "pins": [pin]}
    data = unpacked(Page(comparison.to_html()).scripts[0])  # type: ignore[arg-type]
    assert {"saliency", "rollout", "value_zeroing"} <= data["scores"].keys()
    assert data["state"]["options"]["pins"] == [{**pin, "foil": None, "layer": None, "heads": []}]


def test_two_lists_are_compared_pair_by_pair() -> None:
    models = aw.load("demo-sentiment"), aw.load("demo-sentiment")
    sentences = ["The plot was boring.", "I liked the book.", "It was not bad at all."]
    pairs = aw.compare(*(model.explain(sentences) for model in models))
    assert [round(pair.numbers()["kendall_tau"].iloc[0], 6) for pair in pairs] == [1.0] * 3
    assert pairs._numbered() == [
        "1: the plot was boring.",
        "2: i liked the book.",
        "3: it was not bad at all.",
    ]
    ex = aw.from_scores(WORDS, {"a": np.abs(HERE), "b": THERE, "c": HERE}, output="positive")
    several = Comparisons(aw.compare(ex, ex, methods=["a", other]) for other in "bc")
    assert several._numbered() == ["1: a · b", "2: a · c"]
    assert isinstance(pairs[:2] + several, Comparisons)


@pytest.mark.parametrize(
    ("one", "other", "methods", "sentence"),
    [
        ("ex", "a text", None, "compare takes two explanations, such as those of model.explain, not str."),
        ("ex", None, None, "compare takes two explanations, or two lists of them, not 1."),
        ("ex", ["ex"], None, "compare takes two explanations or two lists, not one of each."),
        (
            ["ex"],
            ["ex", "two"],
            None,
            "The lists have 1 and 2 explanations: give as many of each, in the same order.",
        ),
        ([], [], None, "The lists are empty: give at least one explanation of each."),
        (
            ["ex", "ex"],
            ["two", 5],
            None,
            "Pair 2 of 2: compare takes two explanations, such as those of model.explain, not int.",
        ),
        ("two", "ex", "magic", "The first explanation: there is no method 'magic': take one of b, a."),
        ("two", "ex", ["a", "b"], "The second explanation: there is no method 'b': take one of scores."),
        ("ex", "two", 5, "methods= takes one name for both explanations, or two, not 5."),
        ("ex", "two", ["scores"] * 3, "methods= takes one name for both explanations, or two names, not 3."),
        ("two", "two", "magic", "There is no method 'magic': take one of b, a."),
        (
            "two",
            "two",
            "b",
            "Both are one explanation by 'b': give another explanation, or another method, as in methods=['b', …].",
        ),
        (
            "ex",
            "ex",
            None,
            "Both are one explanation, whose only method is 'scores': give another explanation to compare.",
        ),
        ("two", "none", None, "The second explanation has no method, so there is nothing to compare."),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(one: Any, other: Any, methods: Any, sentence: str) -> None:
    known = {
        "ex": explained(WORDS, HERE),
        "two": aw.from_scores(WORDS, {"b": THERE, "a": HERE}, output="positive", signed=True),
        "none": explained(WORDS, HERE),
    }
    known["none"].reading.methods = list  # type: ignore[method-assign,assignment]

    def given(what: Any) -> Any:
        return [given(each) for each in what] if isinstance(what, list) else known.get(what, what)

    with pytest.raises(aw.AttrWidgetError) as caught:
        aw.compare(given(one), given(other), methods=methods)
    assert str(caught.value) == sentence


def test_three_explanations_are_refused() -> None:
    ex = explained(WORDS, HERE)
    with pytest.raises(aw.AttrWidgetError, match="or two lists of them, not 3"):
        aw.compare(ex, ex, ex)  # type: ignore[call-overload]


def test_other_kinds_other_texts_and_what_has_no_word_in_common_are_compared() -> None:
    answer = aw.load("demo").explain("The plot was not boring at all.", max_new_tokens=2)
    mood = aw.load("demo-sentiment").explain("The plot was not boring at all.")
    numbers = aw.compare(answer, mood).numbers()
    assert list(numbers["token"]) == [label.strip() for label in answer.steps["token"]]
    assert list(numbers["words"])[:1] == [8]
    apart = aw.compare(explained(["one", " two"], [0.5, 0.25]), explained(["three", " four"], [1.0, 2.0]))
    row = apart.numbers().loc[0]
    assert (row["words"], row["top_5"], row["parts_at"]) == (0, 0, "")
    assert np.isnan(row["kendall_tau"])
    assert apart.widget.other["links"] == [[2, 2]]
