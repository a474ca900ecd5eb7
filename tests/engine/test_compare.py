"""What counts as the same numbers, by their precision."""

from __future__ import annotations

import pytest
import torch

from attrwidget.engine.attention.recorder import StoredAttention
from attrwidget.engine.compare import same, same_weights


@pytest.mark.parametrize(
    ("dtype", "low_precision", "off", "expected"),
    [
        (torch.float64, False, 5e-7, True),
        (torch.float64, False, 5e-6, False),
        (torch.float32, False, 5e-5, True),
        (torch.float32, False, 5e-4, False),
        (torch.float32, True, 4e-2, True),
        (torch.float32, True, 1e-1, False),
        (torch.bfloat16, False, 1e-1, False),
    ],
)
def test_within_the_rounding(dtype: torch.dtype, low_precision: bool, off: float, expected: bool) -> None:
    truth = torch.tensor([1.0, -2.0, 0.5], dtype=dtype)
    assert same(truth, truth + 2 * off, low_precision=low_precision) is expected


def test_only_finite_numbers_are_compared() -> None:
    truth = torch.tensor([1.0, -torch.inf, torch.nan])
    assert same(truth, torch.tensor([1.0, 7.0, 7.0]))
    assert not same(truth, torch.tensor([torch.nan, 7.0, 7.0]))
    assert same(truth[1:], torch.tensor([7.0, 7.0]))


def test_another_shape_or_nothing() -> None:
    assert not same(torch.ones(3), torch.ones(2))
    assert not same(torch.ones(3), None)


def test_sharp_attention_is_compared_less_tightly() -> None:
    """A weight of exp(-40) comes of scores that differ by 40, which rounding moves four times as much as 10."""
    sharp, even = (torch.tensor([[[[1 - small, small]] * 2]]) for small in (4e-18, 0.5))
    off = 3e-4
    for weights, expected in ((sharp, True), (even, False)):
        truth, ours = StoredAttention([weights]), StoredAttention([weights * (1 + off)])
        assert same_weights(truth, ours) is expected


def test_more_queries_than_keys() -> None:
    weights = torch.rand(1, 2, 5, 3)
    other = weights.clone()
    other[..., 4, :] += 1
    assert same_weights(StoredAttention([weights]), StoredAttention([other]))
    assert not same_weights(StoredAttention([weights]), StoredAttention([other]), n_rows=5)
