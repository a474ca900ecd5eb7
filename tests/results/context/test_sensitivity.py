"""The measures against PyTorch's own, and the choice of tokens against numbers by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from attrwidget.results.context.reliance import MEANINGS
from attrwidget.results.context.sensitivity import MEASURES, measured, select, threshold_of


def test_the_divergence_is_pytorchs_also_where_tokens_are_impossible() -> None:
    torch.manual_seed(0)
    q, p = torch.randn(70, 9), torch.randn(70, 9)
    q[3, 4] = p[3, 4] = -torch.inf
    found = measured(["kl_divergence"], q, p, [0] * 70)["kl_divergence"]
    kept = torch.ones(9, dtype=torch.bool)
    kept[4] = False
    for row in range(70):
        columns = kept if row == 3 else torch.ones(9, dtype=torch.bool)
        both = (one[row, columns].double().log_softmax(-1) for one in (p, q))
        log_p, log_q = both
        want = functional.kl_div(log_p, log_q, reduction="sum", log_target=True)
        assert found[row] == pytest.approx(float(want), rel=1e-9)


def test_measures_of_the_answers_token() -> None:
    q, p = torch.tensor([[0.0, 0.0]]), torch.tensor([[np.log(3.0), 0.0]])
    found = {name: float(values[0]) for name, values in measured(list(MEASURES), q, p, [0]).items()}
    assert found["contrast_prob"] == pytest.approx(0.75)
    assert found["contrast_prob_diff"] == pytest.approx(-0.25)
    assert found["contrast_logits"] == pytest.approx(np.log(3))
    assert found["contrast_logits_diff"] == pytest.approx(-np.log(3))
    assert found["pcxmi"] == pytest.approx(np.log2(1.5))
    assert found["in_context_pvi"] == pytest.approx(np.log(1.5))
    assert set(MEANINGS) == set(MEASURES)


def test_tokens_are_selected_by_size_from_the_threshold_on() -> None:
    scores = np.array([0.0, -4.0, 1.0, 3.0])
    assert threshold_of(scores, 0) == 0.0
    assert threshold_of(scores, 1) == pytest.approx(scores.std(ddof=1))
    assert select(scores, threshold_of(scores, 1), None) == [1, 3]
    assert select(scores, 0.0, 3) == [1, 3, 2]
    assert threshold_of(np.array([2.0]), 1) == 2.0
