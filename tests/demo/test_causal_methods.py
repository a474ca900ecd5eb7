"""The bundled model's planted truth: methods find the words that decide each answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import attrwidget as aw
from attrwidget import demo

EVERY = 25  # of the sentences with words that play no part


def deciding_inputs(one: Any, step: int, offsets: list[tuple[int, int]]) -> set[int]:
    spans = one.deciding[step]
    return {i for i, (a, b) in enumerate(offsets) for start, end in spans if a < end and start < b}


@pytest.fixture(scope="module")
def cases() -> list[tuple[Any, list[set[int]]]]:
    model = aw.load("demo")
    found = []
    for one in [one for one in demo.sentences() if one.fillers][::EVERY]:
        offsets = model.tokenizer(one.text, return_offsets_mapping=True)["offset_mapping"]
        ex = model.explain(one.prompt, output=one.answer)
        assert ex.reading.n_steps == len(one.pieces)
        assert len(ex.tokens) == len(offsets)
        found.append((ex, [deciding_inputs(one, step, offsets) for step in range(ex.reading.n_steps)]))
    assert len(found) >= 10
    return found


def shares(cases: list[tuple[Any, list[set[int]]]], method: str) -> tuple[float, float]:
    """Return the mean share of the k highest inputs that decide, k as many as decide, and that of a random order."""
    found, chance = [], []
    for ex, truths in cases:
        for step, (row, truth) in enumerate(zip(ex.reading.raw_rows(method), truths, strict=True)):
            inputs = ex.reading.first_step + step
            assert truth
            assert max(truth) < inputs
            highest = set(np.argsort(-row[:inputs])[: len(truth)].tolist())
            found.append(len(highest & truth) / len(truth))
            chance.append(len(truth) / inputs)
    return float(np.mean(found)), float(np.mean(chance))


@pytest.mark.parametrize("method", ["saliency", "leave_one_out"])
def test_methods_find_the_deciding_words(cases: list[Any], method: str) -> None:
    found, chance = shares(cases, method)
    assert found > 3 * chance
