"""The word of the answer that a page explains first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import attrwidget as aw
from attrwidget.page.first_word import first_word


def reading(*pieces: tuple[str, float], noun: str = "token", special: tuple[int, ...] = ()) -> Any:
    """Return a reading of one prompt token and these (text, probability) generated ones."""
    texts = ["Rome", *(text for text, _ in pieces)]
    units = [SimpleNamespace(text=text, start=i, end=i + 1) for i, text in enumerate(texts)]
    return SimpleNamespace(
        n_steps=len(pieces),
        first_step=1,
        step_noun=(noun, f"{noun}s"),
        steps=pd.DataFrame({"probability": [p for _, p in pieces]}),
        tokens=SimpleNamespace(units=units, special=[i in special for i in range(len(texts))]),
    )


@pytest.mark.parametrize(
    ("pieces", "steps"),
    [
        # A function word and a full stop surprise more, but have no content.
        ([(" The", 0.1), (" capital", 0.8), (" is", 0.2), (" Paris", 0.5), (".", 0.1)], [3]),
        # All tokens of the word, and their surprise is added up.
        ([(" Em", 0.7), ("il", 0.6), (" lives", 0.5)], [0, 1]),
        # What was thought is folded away.
        ([("<think>", 0.1), (" four", 0.1), ("</think>", 0.9), (" Seven", 0.8)], [3]),
        ([("<think>", 0.9), (" four", 0.1)], [1]),
        # Without a content word, the most surprising one.
        ([(" is", 0.9), (" it", 0.4)], [1]),
        # Numbers are content, short as they are; characters of scripts without spaces stand alone.
        ([(" 7", 0.5), (" of", 0.1)], [0]),
        ([("機", 0.9), ("器", 0.4), ("。", 0.1)], [1]),
        # A name or a number before other words, wherever it stands in the sentence; of a long name the first word.
        ([(" The", 0.1), (" shortest", 0.1), (" is", 0.9), (" Carl", 0.6), (".", 0.9)], [3]),
        ([(" It", 0.5), (" opened", 0.1), (" in", 0.9), (" 1973", 0.6), (".", 0.9)], [3]),
        (
            [(" visits", 0.1), (" El", 0.9), (" Salvador", 0.2), (",", 0.9), (" with", 0.1), (" Ann", 0.6)],
            [1],
        ),
        # Names of the prompt after those that the model brought in.
        ([(" So", 0.9), (" Rome", 0.1), (" beats", 0.1), (" Ann", 0.6)], [3]),
        # A capital letter or a number that begins a sentence, a line or an item is none.
        ([(" rain", 0.1), (" fell", 0.2), (".", 0.9), (" Then", 0.02), (" snow", 0.01), ("!", 0.9)], [4]),
        ([("\n1", 0.5), (".", 0.9), (" Walk", 0.2), (" more", 0.1)], [3]),
        # What is not known surprises nobody.
        ([(" one", float("nan")), (" two", 0.9)], [1]),
        ([], []),
    ],
)
def test_the_most_surprising_word_with_content(pieces: list[tuple[str, float]], steps: list[int]) -> None:
    assert first_word(reading(*pieces)) == steps


def test_the_end_of_the_answer_is_no_word() -> None:
    assert first_word(reading((" yes", 0.9), ("<|end|>", 0.01), special=(2,))) == [0]


def test_the_likeliest_class() -> None:
    assert first_word(reading(("bad", 0.2), ("good", 0.8), noun="class")) == [1]


def test_the_widget_begins_with_it_and_holds_nothing() -> None:
    widget = aw.load("demo").explain("The first president of America is", max_new_tokens=4).widget
    assert widget.held == []
    assert len(widget.content["steps"]["suggested"]) > 0
