"""The result is an explanation like any other; what a model wrote is shown as text, and never runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from helpers.chat_server import Planted

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "The fine old film was sadly too long."
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def result() -> aw.SelfExplanation:
    return aw.self_explain(Planted("fine", "sadly"), TEXT, samples=1)


def test_both_numbers_are_scores_of_methods(result: aw.SelfExplanation) -> None:
    assert isinstance(result, aw.SavedExplanation)
    said, tried = (result.scores(name).iloc[0].tolist() for name in ("self_reported", "tried"))
    assert said == pytest.approx([0, 0, 0, 0, 0, 0.9, 0, 0])
    assert tried == pytest.approx([0, 1, 0, 0, 0, 0, 0, 0])
    assert result.steps["probability"].tolist() == [1]
    assert aw.compare(result, result).numbers()["kendall_tau"].item() == pytest.approx(-1 / 7)
    assert result.widget.view


def test_it_is_saved_and_exported(result: aw.SelfExplanation, tmp_path: Path) -> None:
    result.save(tmp_path / "said.attrwidget")
    again = aw.open(tmp_path / "said.attrwidget")
    assert again.scores("tried").equals(result.scores("tried"))
    assert "not a measurement" in " ".join(again.warnings)
    assert result.to_html(tmp_path / "said.html").stat().st_size > 50_000


def test_the_table_has_both_columns(result: aw.SelfExplanation) -> None:
    table = result.table()
    assert list(table)[:3] == ["what the model says about itself", "what happened when we tried", "mark"]
    first = table.iloc[0]
    assert first.iloc[0] == "“sadly” speaks for positive: +.900."
    assert first.iloc[1] == "Without it p(positive) 1 → 1."
    assert (first["before"], first["after"]) == (1, 1)


def test_the_text_has_both_columns_and_the_mark(result: aw.SelfExplanation) -> None:
    lines = repr(result).splitlines()
    assert lines[0].startswith("Planted answers positive: its probability is 1, counted in 10 answers")
    [row] = [line for line in lines if line.startswith("“sadly” speaks for positive: +.900.")]
    assert re.search(r"Without it p\(positive\) 1 → 1\. +✗ did not hold$", row)


def test_what_a_model_writes_is_no_html() -> None:
    def evil(messages: list[dict[str, str]]) -> str:
        ask = messages[-1]["content"]
        if len(messages) == 1:
            return "positive"
        return f"<text>{EVIL} film</text>" if "smallest" in ask else f"For: 1, {EVIL}\nAgainst: none\u202e"

    result = aw.self_explain(evil, f"{EVIL} old film")
    page = result._repr_html_()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert "\x1b" not in repr(aw.self_explain(lambda _: "positive \x1b[31m", "a\x1b[31mb c"))
