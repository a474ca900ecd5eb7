"""A list of explanations shows as tabs."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import attrwidget as aw
from attrwidget.explanations import Explanations

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


def test_it_is_a_list_and_a_long_one_shows_as_one() -> None:
    assert Explanations(TWO) == TWO
    assert Explanations(TWO * 20)._repr_mimebundle_().keys() == {"text/plain"}
