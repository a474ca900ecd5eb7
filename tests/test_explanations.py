"""A list of explanations shows as tabs."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from IPython.core.interactiveshell import InteractiveShell

import attrwidget as aw
from attrwidget.explanations import Explanations
from attrwidget.lists import show_lists

if TYPE_CHECKING:
    import pytest


def explained(words: list[str]) -> aw.SavedExplanation:
    return aw.from_scores(words, [1.0] * len(words), output="yes")


TWO = [explained(["It", " was", " good"]), explained(["a", " word"] * 20)]
TITLES = ["1: It was good", "2: a worda worda worda wor…"]


def test_several_are_tabs_in_jupyter(monkeypatch: pytest.MonkeyPatch) -> None:
    import ipywidgets

    made: list[ipywidgets.Tab] = []
    init = ipywidgets.Tab.__init__

    def keep(tab: ipywidgets.Tab, *args: object, **options: object) -> None:
        made.append(tab)
        init(tab, *args, **options)

    monkeypatch.setattr(ipywidgets.Tab, "__init__", keep)
    bundle = Explanations(TWO)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert list(made[0].children) == [ex.widget for ex in TWO]
    assert [made[0].get_title(i) for i in range(2)] == TITLES


def test_several_are_tabs_in_marimo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "marimo", SimpleNamespace(ui=SimpleNamespace(tabs=dict)))
    assert Explanations(TWO)._display_() == dict(zip(TITLES, [ex.widget for ex in TWO], strict=True))
    assert Explanations(TWO[:1])._display_() is TWO[0]


def test_it_is_a_list_and_so_are_its_parts() -> None:
    both = Explanations(TWO)
    assert both == TWO
    for part in (both[:1], both[::-1], both + TWO):
        assert isinstance(part, Explanations)
    assert both[0] is TWO[0]


def test_what_cannot_be_tabs_shows_as_text() -> None:
    long = Explanations(TWO * 20)._repr_mimebundle_()
    assert long.keys() == {"text/plain"}
    assert long["text/plain"].startswith(
        "These are 40 explanations, and tabs show up to 24: take some, as in [:24].\n[SavedExplanation("
    )
    assert Explanations()._repr_mimebundle_() == {"text/plain": "[]"}
    mixed = Explanations([*TWO, "a text"])  # type: ignore[list-item]
    assert mixed._repr_mimebundle_() == {"text/plain": repr(list(mixed))}


def test_a_plain_list_of_explanations_shows_as_tabs_and_others_as_they_do() -> None:
    shell = InteractiveShell()
    show_lists(shell)
    show_lists(shell)

    def shown(value: object) -> set[str]:
        return set(shell.display_formatter.format(value)[0])

    view = "application/vnd.jupyter.widget-view+json"
    assert view in shown(TWO)
    assert view in shown([aw.compare(*TWO), aw.compare(*TWO)])
    assert view in shown(Explanations(TWO))
    assert shown([*TWO, 1]) == shown([]) == shown([1]) == {"text/plain"}
    assert shown(Own([1])) == {"text/html", "text/plain"}


class Own(list[int]):
    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": "<b>own</b>"}
