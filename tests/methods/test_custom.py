"""The list of methods, and a user's own among them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.methods import registry
from attrwidget.results.live import LiveReading

FIRST, STEPS = 5, 4
IDS = random_ids(FIRST + STEPS)


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_methods", dict(registry._methods))


@pytest.fixture(scope="module")
def ex() -> aw.Explanation:
    return aw.load(build("llama"), byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


def test_the_list_tells_all_there_is_to_know() -> None:
    table = aw.list_methods()
    assert list(table.index[:3]) == ["saliency", "input_x_gradient", "attention"]
    for column in ("title", "formula", "cost", "source"):
        assert table[column].str.len().gt(0).all()
    assert table["title"].is_unique
    assert table.loc["input_x_gradient", "signed"]
    assert not table.loc["saliency", "signed"]
    assert table.loc["integrated_gradients", "options"] == "baseline='auto', points='auto'"


@pytest.mark.slow
def test_the_list_can_be_had_before_and_after_a_model() -> None:
    code = (
        "import attrwidget as aw, sys; a = aw.list_methods(); b = aw.list_methods(); assert len(a) == len(b) > 5;"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_method_of_ones_own(ex: aw.Explanation) -> None:
    @aw.register_method("nearness", title="Nearness", formula="1 / distance")
    def nearness(trace: Any, _target: Any, steps: list[int]) -> list[list[float]]:
        """How near an input is.

        More is not said in the footer.
        """
        return [[1 / max(1, trace.first_step + step - i) for i in range(trace.n_inputs)] for step in steps]

    info = {method.name: method for method in ex.methods()}["nearness"]
    assert (info.title, info.signed, info.shares, info.attention) == ("Nearness", False, True, False)
    assert info.description == "How near an input is"
    assert "Nearness" in [m["title"] for m in ex.widget.content["methods"]]
    scores = ex.scores("nearness")
    np.testing.assert_allclose(scores.sum(axis=1), 1, rtol=1e-6)
    assert np.isnan(scores.iloc[0, FIRST:]).all()
    raw = ex.scores("nearness", normalize=None)
    assert raw.iloc[2, FIRST + 1] == 1
    assert aw.list_methods().loc["nearness", "formula"] == "1 / distance"


def test_its_score_is_the_target_asked_for(ex: aw.Explanation) -> None:
    @aw.register_method("mine", signed=True)
    def mine(trace: Any, target: Any, steps: list[int]) -> torch.Tensor:
        rows = torch.zeros(len(steps), trace.n_inputs)
        for chunk, gradients, scales, embeddings in trace.gradients(steps, target):
            products = (gradients * embeddings).sum(-1) * scales[:, None]
            for step, product in zip(chunk, products, strict=True):
                rows[steps.index(step), : len(product)] = product
        return rows

    for options in ({}, {"target_function": "entropy"}, {"foil": 9}):
        function = options or {"target_function": "log_prob"}
        truth = ex.scores("input_x_gradient", **function)
        np.testing.assert_allclose(ex.scores("mine", **options), truth, rtol=1e-4, atol=1e-7)


def test_it_can_be_written_anew(ex: aw.Explanation) -> None:
    for value in (1.0, 2.0):

        @aw.register_method("constant", signed=True)
        def constant(trace: Any, _target: Any, steps: list[int], value: float = value) -> Any:
            return np.full((len(steps), trace.n_inputs), value)

        assert ex.scores("constant").iloc[0, 0] == value


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (np.zeros((2, 2)), r"shape \[2, 2\]: \[4, 8\] is needed"),
        ("words", "numbers, not str"),
        (None, "returned nothing: end it with return"),
        (np.full((4, 8), np.nan), r"returned no number \(NaN alone\) for step 0"),
        (np.where(np.arange(4)[:, None] == 2, np.inf, np.ones((4, 8))), "an infinite number for step 2"),
    ],
)
def test_rows_of_another_shape(ex: aw.Explanation, returned: Any, says: str) -> None:
    aw.register_method("wrong")(lambda *_: returned)
    with pytest.raises(aw.AttrWidgetError, match=says):
        aw.Explanation(LiveReading(ex.trace)).scores("wrong")


def test_an_input_may_have_no_score_and_what_a_step_does_not_see_is_ignored(ex: aw.Explanation) -> None:
    rows = np.ones((STEPS, FIRST + STEPS - 1))
    rows[:, 1] = np.nan
    rows[0, FIRST:] = np.inf
    aw.register_method("holey")(lambda *_: rows)
    found = aw.Explanation(LiveReading(ex.trace)).scores("holey", normalize=None)
    assert np.isnan(found.iloc[0]).tolist() == [False, True, False, False, False, True, True, True]


@pytest.mark.parametrize(
    ("name", "says"), [("saliency", "already"), ("two words", "a word like"), (3, "a word like")]
)
def test_names(name: Any, says: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=says):
        aw.register_method(name)(lambda *_: [])
