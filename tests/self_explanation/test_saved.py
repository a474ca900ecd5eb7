"""A self-explanation is saved whole, and a damaged file is refused or shown."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from helpers.chat_server import Planted
from helpers.damage import damaged, refused_or_shown
from hypothesis import given, settings
from hypothesis import strategies as st

import attrwidget as aw
from attrwidget.formats import container

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "The fine old film was sadly too long."
PAPERS = {
    "numbered": lambda: aw.self_explain(Planted("fine", "sadly"), TEXT, samples=2),
    "words": lambda: aw.self_explain(Planted("fine", "fine"), TEXT, preset="words", samples=1),
    "sentences": lambda: aw.self_explain(
        Planted("fine", "sadly"), TEXT, preset="sentences", claims="reasons"
    ),
    "unread": lambda: aw.self_explain(lambda m: "positive" if len(m) == 1 else "\ud800 Well.", TEXT, draws=2),
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return PAPERS["numbered"]().save(tmp_path_factory.mktemp("saved") / "said.attrwidget")


@pytest.mark.parametrize("made", PAPERS)
def test_all_of_it_comes_back(made: str, tmp_path: Path) -> None:
    result = PAPERS[made]()
    again = aw.open(result.save(tmp_path / "said.attrwidget"))
    assert isinstance(again, aw.SelfExplanation)
    assert repr(again) == repr(result)
    assert again._repr_html_() == result._repr_html_()
    assert again.model_name == result.model_name
    assert again.agreement() == pytest.approx(result.agreement(), nan_ok=True)
    for name in ("table", "importances"):
        pd.testing.assert_frame_equal(getattr(again, name)(), getattr(result, name)())
    pd.testing.assert_frame_equal(again.decisions, result.decisions)
    pd.testing.assert_frame_equal(again.answers, result.answers)
    for method in result.methods():
        pd.testing.assert_frame_equal(again.scores(method.name), result.scores(method.name))
    twice = aw.open(again.save(tmp_path / "again.attrwidget"))
    assert repr(twice) == repr(result)


def test_it_opens_without_torch_or_the_client(file: Path, tmp_path: Path) -> None:
    code = (
        "import sys, attrwidget as aw; print(aw.open(sys.argv[1]).table()['mark'].tolist()); "
        "print(*{'torch', 'transformers', 'openai'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    marks, loaded = done.stdout.splitlines()
    assert "'did not hold', 'not named but mattered'" in marks
    assert loaded == ""


@given(data=st.data())
@settings(max_examples=150)
def test_damaged_anywhere_it_is_refused_or_shown(
    data: st.DataObject, file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    document, arrays = container.unpack(file.read_bytes(), "said")
    document["self_explanation"] = data.draw(damaged(document["self_explanation"]))
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "said").write_bytes(container.pack(document, arrays))
    refused_or_shown(lambda: aw.open(folder / "said"), folder)
