"""The screen of the app that compares, without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.waiting import join

import attrwidget as aw
from attrwidget.apps.comparer import FIRST, Comparer
from attrwidget.apps.workbench import WARM_UP
from attrwidget.bundled import BUNDLED
from attrwidget.comparison import Comparison

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = "The film was not boring at all."


@pytest.fixture(autouse=True)
def _warmed_up() -> Iterator[None]:
    """Let no model be loaded in another thread when the next test loads one: Transformers loads one at a time."""
    yield
    join(WARM_UP)


def compared(comparer: Comparer) -> Comparison:
    comparer.start()
    join("(_work)")
    assert comparer.message.value == ""
    assert isinstance(comparer.shown, Comparison)
    assert list(comparer.result.children) == [comparer.shown.widget]
    return comparer.shown


def test_one_model_chosen_twice_compares_two_methods() -> None:
    comparer = Comparer(TEXT)
    comparer.form.choices[1].source.value = FIRST
    comparer.form.prompt.value = TEXT
    ex = aw.load(FIRST).explain(TEXT)
    assert compared(comparer).numbers().equals(aw.compare(ex, ex).numbers())


def test_two_models_are_explained_each_by_itself() -> None:
    comparer = Comparer(TEXT)
    names = ("demo", FIRST)
    for choice, name in zip(comparer.form.choices, names, strict=True):
        choice.source.value = name
    comparer.form.prompt.value, comparer.form.count.value = TEXT, 2
    one, other = aw.load(names[0]).explain(TEXT, max_new_tokens=2), aw.load(names[1]).explain(TEXT)
    assert compared(comparer).numbers().equals(aw.compare(one, other).numbers())


def test_the_model_beside_follows_the_kind_of_the_first() -> None:
    comparer = Comparer()
    first, other = comparer.form.choices
    assert first.source.value == FIRST
    for one in BUNDLED:
        first.source.value = one.name
        tasks = {bundled.task for bundled in BUNDLED if bundled.name in {first.model(), other.model()}}
        assert tasks == {one.task}
        assert comparer.form.prompt.value == one.examples[0]
    other.source.value = FIRST
    assert first.source.value == BUNDLED[-1].name


def test_a_choice_that_is_not_there_is_a_sentence_on_either_side() -> None:
    for number in (0, 1):
        comparer = Comparer()
        comparer.form.choices[number].source.value = None  # a page can send it
        comparer.start()
        assert comparer.message.value == "No model is chosen: choose one from the list."
        assert comparer.shown is None
