"""Every method against models whose deciding inputs are known."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest
from planted.measure import chance, explained, precision_of
from planted.tasks import TASKS
from planted.train import WEIGHTS, accuracy, trained

from attrwidget.methods import all_methods

METHODS = [method.name for method in all_methods() if method.package is None and "source" not in method.needs]
COUNT = {"S": 32, "C": 16, "M": 32}
FEW = 4  # examples for methods with no bar of their own
GATES = [
    ("leave_one_out", "S", 0.95),
    ("leave_one_out", "C", 0.95),
    ("gim", "S", 0.95),
    ("gim", "C", 0.95),
    ("leave_one_out", "M", 0.98),
    ("value_zeroing", "M", 0.98),
    ("span_regression", "S", 0.95),
    ("span_regression", "C", 0.95),
    ("span_regression", "M", 0.95),
]
LIBRARIES = ["lime", "shap", "captum:feature_ablation", "captum:kernel_shap", "captum:shapley_value_sampling"]


@cache
def cases(task: str) -> list[Any]:
    return explained(task, COUNT[task])


@pytest.mark.parametrize("task", TASKS)
def test_models_never_err(task: str) -> None:
    rng = random.Random(2)  # noqa: S311
    assert accuracy(trained(task), [TASKS[task].make(rng) for _ in range(1000)]) == 1
    assert (WEIGHTS / f"{task}.safetensors").stat().st_size < 200_000


@pytest.mark.parametrize(("method", "task", "least"), GATES)
def test_methods_find_what_decides(method: str, task: str, least: float) -> None:
    assert precision_of(method, cases(task)) >= least


@pytest.mark.parametrize("method", LIBRARIES)
@pytest.mark.parametrize(("task", "count"), [("S", 4), ("C", 2)])
def test_libraries_find_what_decides(method: str, task: str, count: int) -> None:
    assert precision_of(method, cases(task)[:count]) >= 0.95


@pytest.mark.parametrize("task", ["S", "M"])
def test_size_of_the_gradient_finds_what_decides(task: str) -> None:
    assert precision_of("saliency", cases(task), target_function="logit") >= 0.95


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("task", TASKS)
def test_every_method_does_better_than_chance(method: str, task: str) -> None:
    few = cases(task)[:FEW]
    assert precision_of(method, few) >= 2 * chance(few)


def test_a_reversed_order_fails() -> None:
    """The measure can tell: the least of leave-one-out's inputs are not those that decide."""
    from planted.measure import precision

    for one, ex in cases("S")[:FEW]:
        assert precision(-ex.reading.raw_rows("leave_one_out"), one.words, one.deciding) == 0
