"""How often a method's highest inputs are those that decide: precision at k, k the number of deciding inputs."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np

import attrwidget as aw

from .tasks import TASKS
from .train import tokenizer, trained

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget import Explanation

    from .tasks import Example


def explained(name: str, count: int, *, seed: int = 1) -> list[tuple[Example, Explanation]]:
    """Return *count* new examples of the task called *name*, with their explanations."""
    rng = random.Random(seed)  # noqa: S311
    examples = [TASKS[name].make(rng) for _ in range(count)]
    model = aw.load(trained(name), tokenizer())
    return [(one, model.explain(one.prompt, output=one.answer)) for one in examples]


def precision(rows: np.ndarray, words: set[int], deciding: Sequence[set[int]]) -> float:
    """Return the mean share of each row's k highest *words* that are among its k *deciding* ones; NaN ranks last."""
    shares = []
    for row, truth in zip(rows, deciding, strict=True):
        ordered = sorted(words, key=lambda at: -np.nan_to_num(row[at], nan=-np.inf))
        shares.append(len(truth & set(ordered[: len(truth)])) / len(truth))
    return float(np.mean(shares))


def precision_of(method: str, cases: Sequence[tuple[Example, Explanation]], **options: Any) -> float:
    """Return *method*'s precision over all steps of *cases*; *options* are those of ``Explanation.scores``.

    Ranked are the words of the prompt: what every text has, the token that begins and the one that asks, is no
    part of the truth, and neither is the answer so far, by way of which a model may read a word.
    """
    shares = []
    for one, ex in cases:
        scores = ex.scores(method, normalize=None, progress=_silent, **options).to_numpy()
        shares.append(precision(scores, one.words, one.deciding))
    return float(np.mean(shares))


def _silent(_done: int, _total: int) -> None:
    pass


def chance(cases: Sequence[tuple[Example, Explanation]]) -> float:
    """Return the precision of a random order."""
    return float(np.mean([len(truth) / len(one.words) for one, _ in cases for truth in one.deciding]))
