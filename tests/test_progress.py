"""A progress bar counts what is counted."""

from __future__ import annotations

from typing import Any

import pytest
import tqdm.auto

from attrwidget.progress import announce, part_of, progress_bar


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
