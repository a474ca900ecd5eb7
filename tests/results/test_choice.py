"""What a file carries by default, and what is said beforehand."""

from __future__ import annotations

import _thread
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from helpers.exported import unpacked
from helpers.html_page import Page

import attrwidget as aw
from attrwidget.methods import duration
from attrwidget.results.choice import methods_of_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from attrwidget.progress import Progress


@pytest.fixture
def ex() -> aw.Explanation:
    return aw.load("demo").explain("The capital of Japan is", output=" Tokyo in Japan")  # type: ignore[no-any-return]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine is thought to be so slow that nothing but attention is instant."""
    monkeypatch.setitem(duration._SPEED, "cpu", 1e5)


def names(ex: aw.Explanation, *given: Any, **options: Any) -> set[str]:
    return {info.name for info in methods_of_file(ex.reading, *given, **options)}


def test_a_small_model_gives_what_takes_no_time(ex: aw.Explanation) -> None:
    assert names(ex, None) == {"leave_one_out", "gim", "saliency", "input_x_gradient", "attention"}


@pytest.mark.slow
@pytest.mark.usefixtures("slow")
def test_what_takes_time_is_left_unless_it_is_shown_or_known(ex: aw.Explanation) -> None:
    first = ex.methods()[0].name
    assert names(ex, None) == {first, "attention"}
    ex.scores("smoothgrad")
    assert names(ex, None, ["value_zeroing"]) == {"value_zeroing", "smoothgrad", "attention"}
    assert names(ex, ["rollout"]) == {"rollout"}
    assert names(ex, None, everything=True) >= {"integrated_gradients", "rollout", "value_zeroing"}
    assert not any(":" in name for name in names(ex, None, everything=True))
    with pytest.raises(aw.AttrWidgetError, match="exclude each other"):
        names(ex, ["rollout"], everything=True)
    page = ex.to_html()
    assert page.startswith("<!doctype html>")
    left_out = "\n".join(unpacked(Page(page).scripts[0])["left_out"])
    assert "Not in this file, because they take long: " in left_out
    assert "Leave one out (" in left_out


@pytest.mark.slow
@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("write", ["to_html", "save"])
def test_the_work_is_named_beforehand_and_ctrl_c_keeps_what_is_done(
    ex: aw.Explanation,
    write: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @contextmanager
    def interrupting(_title: str, unit: str) -> Iterator[Progress]:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in a shell's background ignores it

        def report(done: int, _total: int) -> None:
            if done > ex.reading.n_steps:
                _thread.interrupt_main()

        assert unit == "row of scores"
        yield report

    steps, wanted = range(ex.reading.n_steps), ["saliency", "smoothgrad"]
    with monkeypatch.context() as patch:
        patch.setattr("attrwidget.results.choice.progress_bar", interrupting)
        with pytest.raises(KeyboardInterrupt):
            getattr(ex, write)(tmp_path / "why", methods=wanted)
    told = capsys.readouterr().err
    assert told.startswith("why needs Saliency, SmoothGrad for 3 tokens, which takes about ")
    assert "Ctrl-C stops it" in told
    assert not (tmp_path / "why").exists()
    assert ex.reading.has_rows("saliency", steps)
    getattr(ex, write)(tmp_path / "why", methods=wanted)
    assert "Saliency" not in capsys.readouterr().err
    assert (tmp_path / "why").exists()
