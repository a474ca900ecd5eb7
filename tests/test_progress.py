"""A progress bar counts what is counted."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import Any

import pandas as pd
import pytest
import tqdm.auto

import attrwidget as aw
from attrwidget.progress import announce, part_of, progress_bar, stoppable


@pytest.mark.parametrize("unit", ["token", "text"])
def test_a_bar_names_what_it_counts(
    unit: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bars: list[Any] = []
    plain = tqdm.auto.tqdm

    def kept(**options: Any) -> Any:
        bars.append(plain(**options))
        return bars[-1]

    monkeypatch.setattr("attrwidget.progress._DELAY", 0)
    monkeypatch.setattr(tqdm.auto, "tqdm", kept)
    with progress_bar("Work", unit) as report:
        report(1, 4)
        report(3, 4)
        (bar,) = bars
        assert (bar.n, bar.total) == (3, 4)
        assert f" {unit}/s" in str(bar) or f"s/ {unit}" in str(bar)
    assert "Work" in capsys.readouterr().err
    assert bar.total == 3  # what ends before its end was not cut off


def test_work_that_is_interrupted_is_not_shown_as_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    bars: list[Any] = []
    plain = tqdm.auto.tqdm
    monkeypatch.setattr(tqdm.auto, "tqdm", lambda **options: bars.append(plain(**options)) or bars[0])

    def interrupted() -> None:
        with progress_bar("Work", "token") as report:
            report(1, 4)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (bars[0].n, bars[0].total) == (1, 4)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.5, ""),
        (40, "Work, which takes about 40 s on an idle machine. Ctrl-C stops it; "),
        (400, "Work, which takes about 7 min on an idle machine."),
        (None, "Work, which may take long."),
    ],
)
def test_long_work_is_announced(seconds: float | None, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    announce("Work", seconds)
    printed = capsys.readouterr().err
    assert printed.startswith(told)
    assert bool(printed) == bool(told)


def test_a_part_that_counts_otherwise_fills_its_share() -> None:
    told: list[tuple[int, int]] = []
    report = part_of(lambda *at: told.append(at), 10, 5, 20)
    report(1, 2)  # two of five were missing
    report(30, 60)  # inputs, say
    assert told == [(14, 20), (12, 20)]


@pytest.fixture(scope="module")
def model() -> Any:
    return aw.load("demo")


class Stop(BaseException):
    pass


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("scores", {}),
        ("scores", {"method": "leave_one_out"}),
        ("scores", {"method": "attention"}),
        ("blocks", {}),
        ("attention", {"targets": "all"}),
        ("heads", {}),
        ("logit_lens", {}),
        ("sentences", {}),
        ("to_pandas", {}),
        ("check", {"step": 0}),
        ("by_unit", {"units": "word", "method": "span_regression"}),
        ("context_reliance", {"context": "In Japan."}),
    ],
)
def test_work_that_is_stopped_anywhere_is_done_right_the_next_time(
    model: Any, call: str, arguments: dict[str, Any]
) -> None:
    def explained() -> Any:
        return model.explain("In Japan. The capital of Japan is", output=" Tokyo. It is old.")

    def answered(ex: Any) -> Any:
        found = getattr(ex, call)(**arguments)
        return found if isinstance(found, pd.DataFrame) else repr(found)

    looks = count()
    with stoppable(lambda: next(looks)):
        wanted = answered(explained())
    total = next(looks)
    ex = explained()
    for at in sorted({0, 1, total // 4, total // 2}):
        left = count(at, -1)

        def look(left: Any = left) -> None:
            if next(left) == 0:
                raise Stop

        # What is finished is kept, so that a later stop may come too late.
        with stoppable(look), suppress(Stop) if at else pytest.raises(Stop):
            answered(ex)
    found = answered(ex)
    assert found.equals(wanted) if isinstance(wanted, pd.DataFrame) else found == wanted
