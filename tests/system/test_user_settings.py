"""What a user has switched on in torch or in the model changes no number, and stays on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator

METHODS = (
    "saliency",
    "gim",
    "integrated_gradients",
    "smoothgrad",
    "leave_one_out",
    "rollout",
    "gradient_x_attention",
)


def scores(model: Any) -> dict[str, Any]:
    ex = aw.load(model, byte_tokenizer()).explain(PROMPT, output=ANSWER)
    return {name: ex.scores(name).to_numpy() for name in METHODS}


@pytest.fixture(scope="module")
def plain() -> dict[str, Any]:
    return scores(build("llama"))


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def assert_same(found: dict[str, Any], plain: dict[str, Any]) -> None:
    for name, rows in plain.items():
        np.testing.assert_allclose(
            found[name], rows, rtol=0, atol=1e-5 * np.nanmax(np.abs(rows)), err_msg=name
        )


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_another_default_dtype(plain: dict[str, Any], dtype: torch.dtype) -> None:
    model = build("llama")
    with default_dtype(dtype):
        assert_same(scores(model), plain)


@pytest.mark.filterwarnings("ignore:Anomaly Detection has been enabled")
def test_anomaly_detection(plain: dict[str, Any]) -> None:
    with torch.autograd.set_detect_anomaly(mode=True):
        assert_same(scores(build("llama")), plain)
        assert torch.is_anomaly_enabled()


def test_gradient_checkpointing(plain: dict[str, Any]) -> None:
    model = build("llama")
    model.train()
    model.activation_checkpointing_enable()
    assert_same(scores(model), plain)
    assert model.is_activation_checkpointing


def test_a_model_that_returns_tuples(plain: dict[str, Any]) -> None:
    model = build("llama")
    model.config.return_dict = False
    assert_same(scores(model), plain)
    assert model.config.return_dict is False
    ex = aw.load(model, byte_tokenizer()).explain(PROMPT, max_new_tokens=2)
    assert ex.reading.n_steps == 2


def test_half_of_a_surrogate_pair_as_a_foil_is_a_sentence() -> None:
    ex = aw.load(build("llama"), byte_tokenizer()).explain(PROMPT, output=ANSWER)
    for foil in ("\ud800", "a\udfff"):
        with pytest.raises(aw.AttrWidgetError, match="half of a surrogate pair"):
            ex.scores("saliency", foil=foil)
