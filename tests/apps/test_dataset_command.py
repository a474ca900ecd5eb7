"""``attrwidget dataset`` explains a file into a folder that opens."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from helpers.datasets import in_this_process

import attrwidget as aw
from attrwidget.apps.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_of_texts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "films.txt").write_text("A great film.\n\nNot good.\n", encoding="utf-8")
    given = [
        "dataset",
        "demo-sentiment",
        str(tmp_path / "films.txt"),
        "--to",
        str(tmp_path / "scores"),
        "--method",
        "gim",
    ]
    monkeypatch.setattr(sys, "argv", ["attrwidget", *given])
    with in_this_process(), pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert "3 texts are explained" in capsys.readouterr().out
    scores = aw.open(tmp_path / "scores")
    assert scores.methods == ["gim"]
    assert list(scores.table()["prompt"]) == ["A great film.", "", "Not good."]
    assert list(scores.failed()["id"]) == [1]
