"""A short text explained by methods of other libraries, and Shapley values by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from helpers.tiny import byte_tokenizer, random_ids

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable


FIRST, STEPS = 5, 2
IDS = random_ids(FIRST + STEPS)
COUNT = FIRST - 1  # the first token is always kept, so the first step has one unit less than inputs
QUICK: dict[str, dict[str, Any]] = {
    "lime": {"samples": 60},
    "span_regression": {"samples": 40},
    "shap": {"evaluations": 60},
    "captum:shapley_value_sampling": {"samples": 4},
    "captum:kernel_shap": {"samples": 40},
    "captum:lime": {"samples": 40},
    "captum:gradient_shap": {"samples": 4},
    "inseq:gradient_shap": {},
    "inseq:lime": {},
}


def explained(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


def scores(ex: aw.Explanation, method: str, **options: Any) -> Any:
    return ex.scores(method, normalize=None, progress=lambda *_: None, **options)


def values_of(model: Any, step: int) -> Callable[[frozenset[int]], float]:
    """Return a function of kept units to the log-odds of *step*'s token, each from a plain forward pass."""
    prefix, target = IDS[: FIRST + step], IDS[FIRST + step]

    def value(kept: frozenset[int]) -> float:
        mask = torch.tensor([[1, *(int(i in kept) for i in range(len(prefix) - 1))]])
        positions = torch.arange(len(prefix))[None]
        with torch.no_grad():
            logits = model(torch.tensor([prefix]), attention_mask=mask, position_ids=positions).logits[0, -1]
        p = logits.double().softmax(-1)[target]
        return float(torch.log(p / (1 - p)))

    return value


def shapley(value: Any, orders: Any) -> Any:
    """Return each unit's mean contribution over *orders*."""
    total, orders = np.zeros(COUNT), list(orders)
    for order in orders:
        for at, unit in enumerate(order):
            total[unit] += value(frozenset(order[: at + 1])) - value(frozenset(order[:at]))
    return total / len(orders)
