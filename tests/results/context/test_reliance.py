"""What a result says in words."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from attrwidget.results.context.reliance import ContextReliance


def made(divergences: list[float], instead: str = "Your") -> ContextReliance:
    steps = range(len(divergences))
    answer = pd.DataFrame(
        {
            "token": ["ex"] * len(steps),
            "word": ["Rex"] * len(steps),
            "kl_divergence": divergences,
            "probability": 0.912,
            "without": 0.0001,
            "instead": instead,
        },
        index=pd.Index(steps, name="step"),
    )
    words = pd.DataFrame([[0.1, 0.6]] * len(steps), index=steps, columns=["dog", "Rex"])
    return ContextReliance(
        answer, words, words, words, ((3, 4), (4, 5)), "kl_divergence", 1.5, (3, 4), "saliency", "probability"
    )


def test_a_changed_token_is_said_with_its_word_and_what_did_it() -> None:
    first, second = str(made([2.0, 0.01])).splitlines()
    assert first.startswith(
        "The context changed 1 of the answer's 2 tokens most, by the divergence of the predictions"
    )
    assert first.endswith(": 1.5 or more.")
    where = "with the context and <.001 without it, where “Your” would come first"
    assert second == f"“ex” of “Rex”: p .912 {where}. In the context it rests most on Rex (60%), dog (10%)."
    assert "it would still come first" in str(made([2.0], instead="ex"))
    assert made([2.0])._repr_html_().count("<p>") == 2


def test_what_hardly_changed_is_not_named() -> None:
    assert made([0.01, 0.02]).changed == []
    assert "hardly changed the answer" in str(made([0.01, 0.02]))
    assert "by at most 0.02 nats" in str(made([0.01, 0.02]))


def test_many_are_counted() -> None:
    assert str(made([2.0] * 10)).splitlines()[-1] == "And 2 more: see .answer."


def test_what_is_not_selected_though_it_changed_is_said() -> None:
    """Of two tokens neither is a standard deviation above their mean."""
    found = made([2.0, 0.01])
    none = replace(found, scores=found.scores.iloc[:0])
    assert "No token that the context changed is selected" in str(none)
    assert "differ most at “ex”, by 2 nats" in str(none)
