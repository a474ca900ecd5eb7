"""The fastest way whose gradients are those of plain autograd is taken, and the reason for the others is kept."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import torch

from attrwidget.engine.capabilities import Capabilities
from attrwidget.engine.gradients.check import check_gradients

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL: Any = SimpleNamespace(name="A model", low_precision=False)
MOST = Capabilities("recorded", None, None, segments=True, batched=True)
TRUTH = torch.arange(1.0, 13).view(2, 3, 2)


RESIDUAL = torch.tensor([0.0, 0, 1]).view(1, 3, 1).expand(2, 3, 4)


def checked(
    right: Callable[[Capabilities], bool], truth: torch.Tensor = TRUTH, *, depends: bool = True
) -> Capabilities:
    def ours(option: Capabilities) -> torch.Tensor:
        return truth if right(option) else -truth

    return check_gradients(MODEL, MOST, lambda: truth, ours, lambda _kept: depends)


@pytest.mark.parametrize(
    ("right", "segments", "batched"),
    [
        (lambda _: True, True, True),
        (lambda option: not option.batched, True, False),
        (lambda option: not option.segments, False, True),
        (lambda option: not option.segments and not option.batched, False, False),
    ],
)
def test_the_fastest_that_is_right(
    right: Callable[[Capabilities], bool], *, segments: bool, batched: bool
) -> None:
    found = checked(right)
    assert (found.segments, found.batched) == (segments, batched)
    assert (found.segments_note is None, found.batched_note is None) == (segments, batched)
    assert found.gradients_note is None


def test_none_is_right() -> None:
    found = checked(lambda _: False)
    assert found.gradients_note is not None
    assert "A model gives no gradients" in found.gradients_note
    assert "not those of plain automatic differentiation" in found.gradients_note


def test_only_the_residual_stream_has_a_gradient() -> None:
    found = checked(lambda _: True, RESIDUAL)
    assert found.gradients_note is not None
    assert "no backward" in found.gradients_note


@pytest.mark.parametrize("truth", [RESIDUAL, torch.zeros(2, 3, 4)])
def test_a_gradient_that_is_rightly_zero(truth: torch.Tensor) -> None:
    found = checked(lambda _: True, truth, depends=False)
    assert found.gradients_note is None
    assert found.segments
    assert found.batched


def test_what_a_model_raises_is_the_reason() -> None:
    def fails(_option: Capabilities) -> torch.Tensor:
        raise NotImplementedError("no kernel for this.\nA second line.")

    found = check_gradients(MODEL, MOST, lambda: TRUTH, fails, lambda _kept: True)
    assert found.gradients_note is not None
    assert "(no kernel for this)" in found.gradients_note
    assert not found.batched


def test_a_mistake_of_ours_is_raised() -> None:
    def wrong(_option: Capabilities) -> torch.Tensor:
        raise NameError("ours")

    with pytest.raises(NameError, match="ours"):
        check_gradients(MODEL, MOST, lambda: TRUTH, wrong, lambda _kept: True)
