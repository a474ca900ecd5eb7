"""A decision is read from first tokens, or counted; what is not known is missing, and noise is no change."""

from __future__ import annotations

import math

import pytest

from attrwidget.self_explanation.claims import direction
from attrwidget.self_explanation.decision import Decision, of_answers, of_tokens, smallest_change

LABELS = ("positive", "negative")


def test_first_tokens_of_a_label_are_added_up() -> None:
    found = of_tokens([("positive", 0.3), (" Pos", 0.2), ("▁neg", 0.1), ("I", 0.2), (" ", 0.1)], LABELS)
    assert found is not None
    assert found.label == "positive"
    assert found.probabilities == pytest.approx({"positive": 5 / 6, "negative": 1 / 6})
    assert found.answered == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("first", "labels"),
    [
        ((), LABELS),
        ([("I", 0.9), ("positive", 0.04)], LABELS),
        ([("very", 0.9), ("positive", 0.1)], ("very positive", "very negative", "positive")),
        ([("positively", 0.9)], LABELS),
    ],
)
def test_first_tokens_that_tell_no_label(first: list[tuple[str, float]], labels: tuple[str, ...]) -> None:
    assert of_tokens(tuple(first), labels) is None


def test_answers_are_counted() -> None:
    found = of_answers(["positive"] * 6 + ["negative"] * 2 + ["hm", "what?"], LABELS)
    assert found == Decision("positive", {"positive": 0.75, "negative": 0.25}, 0.8, 10, "hm")


def test_too_few_readable_answers_give_a_label_without_a_probability() -> None:
    found = of_answers(["positive"] * 7 + ["hm"] * 3, LABELS)
    assert found.label == "positive"
    assert math.isnan(found.of("positive"))
    assert of_answers(["hm"], LABELS).label is None


def counted(positive: int, count: int) -> Decision:
    return of_answers(["positive"] * positive + ["negative"] * (count - positive), LABELS)


def test_a_change_within_the_error_of_counting_is_none() -> None:
    assert direction(counted(10, 10), counted(0, 10), "positive") == 1
    assert direction(counted(0, 10), counted(10, 10), "positive") == -1
    assert direction(counted(6, 10), counted(5, 10), "positive") == 0
    assert smallest_change(counted(50, 100), counted(50, 100), "positive") == pytest.approx(
        2 * math.sqrt(2 * 0.25 / 102)
    )


def test_known_probabilities_change_by_a_twentieth_at_least() -> None:
    def known(p: float) -> Decision:
        return Decision("positive", {"positive": p, "negative": 1 - p}, 1)

    assert direction(known(0.9), known(0.84), "positive") == 1
    assert direction(known(0.9), known(0.86), "positive") == 0
    assert direction(known(0.9), Decision(None, {}, 0), "positive") == 0
