"""Which method is shown first, and which stand on the bar, for each kind of model."""

from __future__ import annotations

import pytest

import attrwidget as aw
from attrwidget.methods import duration
from attrwidget.methods.order import ON_BAR


def bar(ex: aw.Explanation) -> list[str]:
    return [method.name for method in ex.methods()[:ON_BAR]]


def test_a_model_that_writes_is_explained_by_leaving_one_out() -> None:
    ex = aw.load("demo").explain("The capital of Japan is", output=" Tokyo")
    assert bar(ex) == ["leave_one_out", "gim", "saliency", "attention"]
    assert ex.widget.method == ex.scores().attrs["method"] == "leave_one_out"


def test_where_leaving_one_out_takes_long_a_gradient_is_shown_first(monkeypatch: pytest.MonkeyPatch) -> None:
    ex = aw.load("demo").explain("The capital of Japan is", output=" Tokyo")
    work = ex.trace.model.hf.num_parameters() * ex.reading.first_step**2
    monkeypatch.setitem(duration._SPEED, "cpu", work)
    assert bar(ex)[0] == "leave_one_out"
    monkeypatch.setitem(duration._SPEED, "cpu", work - 1)
    assert bar(ex) == ["gim", "saliency", "leave_one_out", "attention"]
    assert ex.widget.method == "gim"


@pytest.mark.parametrize(
    ("name", "text", "third"),
    [
        ("demo-masked", "The capital of [MASK] is Paris.", "gim"),
        ("demo-sentiment", "The film was boring.", "gim"),
        ("demo-translation", "她喜歡的貓很漂亮。", "cross_attention"),
    ],
)
def test_others_are_explained_by_saliency(name: str, text: str, third: str) -> None:
    assert bar(aw.load(name).explain(text)) == ["saliency", "leave_one_out", third, "attention"]
