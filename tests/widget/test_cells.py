"""Explanations that no cell shows any more are freed, and those that something still needs are not."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from helpers.fake import random_explanation
from IPython.core.interactiveshell import InteractiveShell

from attrwidget.presentation import Presentation

if TYPE_CHECKING:
    from collections.abc import Iterator


class Shown(Presentation):
    """An explanation of planted numbers."""

    def scores(self, method: str | None = None, **_: Any) -> Any:  # type: ignore[override]
        raise NotImplementedError(method)


@pytest.fixture
def shell() -> Iterator[Any]:
    """A shell whose ``explain()`` returns an explanation; ``made`` refers weakly to all of them."""
    shell = InteractiveShell.instance()
    made: list[Any] = []

    def explain() -> Shown:
        explanation = Shown(random_explanation())  # type: ignore[arg-type]
        made.append(weakref.ref(explanation))
        return explanation

    shell.user_ns.update(explain=explain, made=made)
    yield shell
    shell.reset(new_session=False)
    InteractiveShell.clear_instance()


def run(shell: Any, cell: str, code: str) -> Any:
    result = shell.run_cell(code, store_history=True, cell_id=cell)
    result.raise_error()
    return result.result


def alive(shell: Any) -> int:
    gc.collect()
    return sum(one() is not None for one in shell.user_ns["made"])


@pytest.mark.slow
def test_a_cell_that_runs_again_keeps_one(shell: Any) -> None:
    for _ in range(5):
        run(shell, "a", "ex = explain()\nex")
    assert alive(shell) == 1
    for _ in range(5):
        run(shell, "b", "explain()")
    assert alive(shell) == 2


@pytest.mark.slow
def test_what_the_user_or_another_cell_keeps_goes_on(shell: Any) -> None:
    run(shell, "make", "ex = explain()\nheard = []\nex.widget.observe(heard.append, 'held')")
    run(shell, "a", "ex")
    widget = run(shell, "b", "ex").widget
    run(shell, "a", "1")
    run(shell, "b", "ex")
    assert shell.user_ns["ex"].widget is widget
    run(shell, "b", "mine = ex\nex = None")
    run(shell, "c", "mine")
    widget.held = [1]
    assert len(shell.user_ns["heard"]) == 1
    assert widget.comm is not None
    assert alive(shell) == 1


@pytest.mark.slow
def test_a_closed_widget_leaves_nothing(shell: Any) -> None:
    from ipywidgets.widgets.widget import _instances

    before = set(_instances)
    ex = run(shell, "a", "explain()")
    ex.widget.close()
    assert set(_instances) == before
