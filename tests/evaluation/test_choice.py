"""What an evaluation judges by default, and what it says beforehand."""

from __future__ import annotations

import pytest

import attrwidget as aw
from attrwidget.evaluation.choice import methods_to_judge, steps_to_judge
from attrwidget.methods import duration


@pytest.mark.slow
def test_the_least_likely_steps_or_those_held() -> None:
    ex = aw.load("demo").explain("The first president of America is", max_new_tokens=5)
    likeliest = ex.steps["probability"].sort_values().index
    assert steps_to_judge(ex, None, everything=False) == sorted(likeliest[:3])
    assert steps_to_judge(ex, [3, 1, 3], everything=True) == [3, 1]
    assert steps_to_judge(ex, None, everything=True) == [0, 1, 2, 3]
    ex.widget.held = [1, 2]
    assert steps_to_judge(ex, None, everything=False) == [1, 2]


@pytest.mark.slow
def test_the_work_is_named_and_so_is_what_was_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(duration._SPEED, "cpu", 1e5)
    ex = aw.load("demo").explain("The capital of Japan is", output=" Tokyo in Japan")
    ex.widget.held = [1]
    found = aw.evaluate(ex, points=1)
    told = capsys.readouterr().err
    named = methods_to_judge(ex.reading, None, everything=False)
    assert found.methods == [info.name for info in named] == ["gim", "saliency", "leave_one_out", "attention"]
    assert told.startswith("The evaluation of 1 token computes GIM, Saliency, Leave one out and runs about ")
    assert "which takes about" in told
    offered = len(methods_to_judge(ex.reading, None, everything=True))
    assert found.notes[-1] == f"Judged: 1 of 3 tokens and 4 of {offered} methods; everything=True judges all."
