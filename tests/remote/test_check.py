"""A check through a server compares what the model itself gives the step without the same inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import attrwidget as aw

PROMPT, ANSWER = "The first president of America is", " George Washington."


def probability(local: Any, ids: list[int], without: tuple[int, ...], steps: range, first: int) -> float:
    """Return the joint probability of *steps* by a plain run of the text without some tokens."""
    kept = [token for place, token in enumerate(ids) if place not in without]
    with torch.no_grad():
        log_probs = local.hf(torch.tensor([kept])).logits[0].double().log_softmax(-1)
    moved = [first + step - len(without) for step in steps]
    return float(np.exp(sum(float(log_probs[at - 1, kept[at]]) for at in moved)))


@pytest.mark.parametrize("steps", [range(1), range(2)])
def test_a_check_is_that_of_the_model_itself(local: Any, address: str, steps: range) -> None:
    ex = aw.connect(address, "demo").explain(PROMPT, output=ANSWER)
    ids = list(local.explain(PROMPT, output=ANSWER).trace.tokens.ids)
    check = ex.check(list(steps), inputs=["America"])
    first = ex.reading.first_step
    assert check.inputs == (4,)
    assert check.probability == pytest.approx(probability(local, ids, (), steps, first), abs=1e-6)
    assert check.without == pytest.approx(probability(local, ids, (4,), steps, first), abs=1e-6)
    others = [probability(local, ids, (i,), steps, first) for i in (1, 2, 3, 5)]
    np.testing.assert_allclose(sorted(check.others), sorted(others), atol=1e-6)


def test_a_check_asks_nothing_that_leave_one_out_has_asked(address: str) -> None:
    model = aw.connect(address, "demo")
    ex = model.explain(PROMPT, output=ANSWER)
    ex.scores(units="token")
    before = model.requests
    ex.check(0, k=1)
    assert model.requests == before
