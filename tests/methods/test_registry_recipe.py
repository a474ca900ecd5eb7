"""Add a method by the recipe of ``docs/architecture.md``: one file, offered by an entry point."""

from __future__ import annotations

import doctest
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from helpers.tiny import build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.methods import Trace, register_method, registry

if TYPE_CHECKING:
    from pathlib import Path

TOY = '''
"""Nearness: how few tokens lie between an input and the step."""

import attrwidget as aw


@aw.register_method("nearness", title="Nearness", formula="1 / distance", cost="none")
def nearness(trace: aw.Trace, target: aw.Target, steps: list[int]) -> list[list[float]]:
    """Nearness of an input to the step."""
    return [[1 / max(1, trace.first_step + step - i) for i in range(trace.n_inputs)] for step in steps]
'''


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_methods", dict(registry._methods))
    monkeypatch.setattr(registry, "_imported", set())


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    """Put a package ``toy`` with entry *points* on Python's path."""
    info = folder / "toy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    lines = "\n".join(f"{name} = {module}" for name, module in points.items())
    (info / "entry_points.txt").write_text(f"[attrwidget.methods]\n{lines}\n")
    monkeypatch.syspath_prepend(folder)
    for module in ("toy_nearness", "toy_broken", "toy_clash"):
        monkeypatch.delitem(sys.modules, module, raising=False)


@pytest.fixture
def ex() -> aw.Explanation:
    ids = random_ids(9)
    return aw.load(build("llama"), byte_tokenizer()).explain(ids[:5], output=ids[5:])


def test_a_toy_method_by_entry_point(
    ex: aw.Explanation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "toy_nearness.py").write_text(TOY)
    install(tmp_path, monkeypatch, nearness="toy_nearness")
    ex.scores("saliency")
    assert "toy_nearness" not in sys.modules  # imported only when it may be needed
    row = ex.scores("nearness", normalize=None).iloc[0]
    np.testing.assert_allclose(row[:5], [1 / 5, 1 / 4, 1 / 3, 1 / 2, 1])
    assert np.isnan(row[5:]).all()
    assert aw.list_methods().loc["nearness", "title"] == "Nearness"
    assert "nearness" in [info.name for info in ex.methods()]
    assert "Nearness" in [shown["title"] for shown in ex.widget.content["methods"]]


def test_an_entry_point_that_cannot_be_imported_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "toy_broken.py").write_text("import no_such_library\n")
    (tmp_path / "toy_nearness.py").write_text(TOY)
    install(tmp_path, monkeypatch, broken="toy_broken", nearness="toy_nearness")
    left_out = r"'toy' offers the method 'broken' \(toy_broken\).* left out: .*no_such_library"
    with pytest.warns(UserWarning, match=left_out) as caught:
        table = aw.list_methods()
    assert len(caught) == 1
    assert {"saliency", "nearness"} <= set(table.index)
    assert len(aw.list_methods()) == len(table)  # it warns once


def test_an_entry_point_cannot_take_a_name_that_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "toy_clash.py").write_text(TOY.replace('"nearness"', '"saliency"'))
    install(tmp_path, monkeypatch, saliency="toy_clash")
    with pytest.warns(UserWarning, match=r"'toy' offers.*There is a method 'saliency' already"):
        table = aw.list_methods()
    assert table.loc["saliency", "title"] == "Saliency"


def test_a_module_may_register_its_own_method_anew_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attrwidget.methods.custom._modules", {})
    aw.register_method("mine")(lambda *_: [])
    aw.register_method("mine", title="Mine")(lambda *_: [])
    assert aw.list_methods().loc["mine", "title"] == "Mine"

    def other(_trace: aw.Trace, _target: aw.Target, _steps: list[int]) -> list[float]:
        return []

    other.__module__ = "another"
    with pytest.raises(aw.AttrWidgetError, match="There is a method 'mine' already"):
        aw.register_method("mine")(other)


def test_what_a_method_needs_is_a_word_that_is_known() -> None:
    with pytest.raises(aw.AttrWidgetError, match="cannot need 'magic': take some of gradients, attention"):
        aw.register_method("mine", needs=["magic"])


@pytest.mark.parametrize("documented", [register_method, registry.list_methods])
def test_the_examples_run(documented: object) -> None:
    (test,) = doctest.DocTestFinder(recurse=False).find(documented, globs={})
    runner = doctest.DocTestRunner()
    assert runner.run(test).failed == 0
    assert runner.tries > 0


def test_a_trace_has_what_authors_are_promised(ex: aw.Explanation) -> None:
    promised = [name for name in vars(Trace) if not name.startswith("_")]
    assert 8 <= len(promised) <= 14
    assert [name for name in promised if not hasattr(ex.trace, name)] == []
    assert [name for name in promised if not (getattr(Trace, name).__doc__ or "").strip()] == []
