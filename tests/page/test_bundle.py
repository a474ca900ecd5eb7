from __future__ import annotations

import time
from typing import TYPE_CHECKING

import anywidget
import pytest
import traitlets

from attrwidget.page import bundle

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bundle, "_FOLDER", tmp_path)
    path = tmp_path / "widget.js"
    path.write_text("export default { render() {} };\n")
    return path


@pytest.mark.usefixtures("script")
def test_the_script_is_a_trait_of_each_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANYWIDGET_HMR", raising=False)
    trait = bundle.widget_script()
    assert isinstance(trait, traitlets.Unicode)
    assert trait.metadata["sync"]


def test_a_script_that_is_not_built_is_no_error_until_a_widget_is_made(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANYWIDGET_HMR", "1")
    script.unlink()
    assert isinstance(bundle.widget_script(), traitlets.Unicode)


@pytest.mark.slow
def test_with_hot_reloading_an_open_widget_takes_a_new_script(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("watchfiles")
    monkeypatch.setenv("ANYWIDGET_HMR", "1")

    class Live(anywidget.AnyWidget):
        _esm = bundle.widget_script()

    widget = Live()
    assert "_esm" in widget.keys
    time.sleep(1)  # the watcher has to be listening
    script.write_text("export default { render() { return 2; } };\n")
    end = time.monotonic() + 60
    while widget._esm != script.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    assert widget._esm == script.read_text()
    Live._esm.stop_thread()
