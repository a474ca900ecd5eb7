"""The limits of an app hold for all that can be asked of a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from helpers.page import Page

import attrwidget as aw
from attrwidget.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMPT = "The capital of Japan is"
LONG = "The text is too long for this app: it takes up to 25 characters."


@pytest.fixture
def _served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTRWIDGET_LIMITS", "[]")
    Limits(characters=25, new_tokens=4).announce()


@pytest.fixture
def page(_served: None) -> Iterator[tuple[Page, Any]]:
    ex = aw.load("demo").explain(PROMPT, max_new_tokens=3)
    page = Page(ex)
    yield page, ex
    page.session.close()


def length(page: Page) -> int:
    """Return how many tokens the answer on show has."""
    return int(page.session.reading.n_steps)


def test_a_changed_word_makes_no_text_too_long(page: tuple[Page, Any]) -> None:
    screen, _ = page
    assert len(PROMPT) == 23
    for op, more in (("try", {"step": 0}), ("edit", {})):
        assert screen.error(op, {**more, "changes": [[3, 4, "Kazakhstan"]]}) == LONG
    screen.ask("try", {"step": 0, "changes": [[3, 4, "Norway"]]}, "one")
    screen.ask("edit", {"changes": [[3, 4, "Finland"]]}, "two")
    assert screen.error("edit", {"changes": [[1, 2, "capital city"]]}) == LONG
    screen.ask("edit", {"changes": [[3, 4, "Chad"]]}, "three")
    assert length(screen) <= 4


def test_another_word_is_no_longer_than_a_text_and_is_not_written_on_beyond_the_limit(
    page: tuple[Page, Any],
) -> None:
    screen, ex = page
    assert screen.error("foil", {"step": 0, "text": "x" * 26}) == LONG
    five = ex.reading.contrasts.find(0, "Rome Rome Rome Rome Rome").ids
    assert len(five) == 5
    refused = "The answer is too long for this app: it writes up to 4 tokens."
    assert screen.error("continue", {"step": 0, "foil": list(five)}) == refused
    for word, count in (("Rome", 4), ("Paris", 1)):
        foil = ex.reading.contrasts.find(0, " ".join([word] * count)).ids
        screen.ask("continue", {"step": 0, "foil": list(foil)}, word)
        assert count <= length(screen) <= 4


def test_without_an_app_there_are_no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATTRWIDGET_LIMITS", raising=False)
    monkeypatch.delenv("ATTRWIDGET_APP", raising=False)
    ex = aw.load("demo").explain(PROMPT, max_new_tokens=3)
    edited = ex.edit({3: " Kazakhstan and" * 99})
    assert edited.reading.first_step > 99
