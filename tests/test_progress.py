"""A progress bar counts what is counted."""

from __future__ import annotations

from typing import Any

import pytest
import tqdm.auto

from attrwidget.progress import progress_bar


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
