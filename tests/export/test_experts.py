"""The experts in an exported page: the weights that ``ex.experts`` gives, or a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.tiny import build, byte_tokenizer

import attrwidget as aw
from attrwidget.export import experts as recorded
from attrwidget.export.experts import record_experts


@pytest.fixture(scope="module")
def ex() -> Any:
    model = aw.load(build("mixtral", scale=0.4, num_local_experts=8), byte_tokenizer())
    return model.explain("The first president of America was", output=" George")


def test_all_weights_are_carried(ex: Any) -> None:
    known, data, left_out = record_experts(ex.reading)
    weights = ex.experts().to_numpy().reshape(len(known["experts"]["layers"]), ex.reading.n_inputs, 8)
    numbers = data["experts"]["data"].astype(float)
    read = np.where(numbers == 65535, np.nan, data["experts"]["largest"] * numbers / 65534)
    assert np.allclose(read, weights, atol=1e-5, equal_nan=True)
    assert np.nanmax(weights) > 0.1
    assert left_out == []


def test_what_is_too_large_is_said(ex: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "_BYTES", 10)
    known, data, (sentence,) = record_experts(ex.reading)
    assert known == data == {}
    assert sentence.startswith("The experts are not in this file: they would take ")
    assert record_experts(aw.load("demo").explain("The", max_new_tokens=1).reading) == ({}, {}, [])
