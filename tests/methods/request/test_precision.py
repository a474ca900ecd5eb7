"""What rounding does to scores is measured against a float32 copy, once for each text and method."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers import encoders
from helpers.encoder_cases import SENTENCE
from helpers.tiny import build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.engine import memory
from attrwidget.hf.adapter import Adapter
from attrwidget.methods.request.precision import Compared

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = 12
IDS = random_ids(FIRST + 4)
METHODS = ("leave_one_out", "input_x_gradient", "saliency", "leave_one_out_replaced")


def explain(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


@pytest.fixture(scope="module")
def pair() -> tuple[aw.Explanation, aw.Explanation]:
    """The same weights, rounded to bfloat16: computed in bfloat16, and in float32."""
    half = build("llama", scale=0.3, dtype=torch.bfloat16)
    full = build("llama", scale=0.3, dtype=torch.bfloat16).float()
    return explain(half), explain(full)


@pytest.mark.parametrize("method", METHODS)
def test_the_note_says_what_float32_gives(method: str, pair: tuple[aw.Explanation, aw.Explanation]) -> None:
    half, full = pair
    ours = half.scores(method)
    truth = full.scores(method).to_numpy()[:2].astype(float)
    rows = ours.to_numpy()[:2].astype(float)
    (compared,) = [v for k, v in half.trace.partial_results.items() if k[:2] == ("precision", method)]
    if method.startswith("leave_one_out"):
        some = np.argsort(-np.nan_to_num(np.abs(rows)).max(0))[:8]
        rows, truth = rows[:, some], truth[:, some]
    moved = np.nansum(np.abs(rows - truth)) / np.nansum(np.abs(truth))
    assert compared.moved == pytest.approx(moved, rel=1e-2)
    tops = [np.nanargmax(np.abs(values), axis=1) for values in (rows, truth)]
    assert (compared.first is None) == bool((tops[0] == tops[1]).all())
    assert str(compared) in ours.attrs["note"]
    assert "bfloat16 moves" in ours.attrs["note"]
    assert "note" not in full.scores(method).attrs or "float32" not in full.scores(method).attrs["note"]


def test_a_method_is_compared_once_and_the_model_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    model = build("gpt2", dtype=torch.bfloat16)
    ex, copies = explain(model), []
    copying = Adapter.in_float32
    monkeypatch.setattr(Adapter, "in_float32", lambda self: copies.append(1) or copying(self))
    for _ in range(2):
        assert ex.reading.note("saliency", [0]) is None or copies
        ex.scores("saliency")
    assert copies == [1]
    assert ex.reading.note("saliency", [3])
    assert {parameter.dtype for parameter in model.parameters()} == {torch.bfloat16}
    assert ex.trace.model.hf.dtype == torch.bfloat16


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bert", "bart"])
def test_classifiers_are_compared_too(kind: str) -> None:
    model = encoders.build(kind, "ForSequenceClassification", num_labels=3, dtype=torch.bfloat16)
    full = copy.deepcopy(model).float()
    ours, truth = (
        aw.load(one, encoders.word_tokenizer()).explain(SENTENCE).scores("input_x_gradient")[:2]
        for one in (model, full)
    )
    moved = np.abs(ours - truth).to_numpy().sum() / np.abs(truth).to_numpy().sum()
    assert (
        f"the scores of {ours.index[0]!r} and {ours.index[1]!r} by {100 * moved:.2g} %" in ours.attrs["note"]
    )


def test_a_share_of_nothing_is_not_given() -> None:
    said = str(Compared("bfloat16", "the scores of 'x'", 1.1e3, ("a", "b")))
    assert (
        said == "the scores of 'x' are about 0 in float32, and what bfloat16 gives is rounding: trust none."
    )


def too_large(_model: Any, _tokens: int) -> bool:
    return False


def out_of_memory(_self: Any) -> None:
    raise torch.OutOfMemoryError


def no_copy(_self: Any) -> None:
    return None


@pytest.mark.parametrize(
    ("place", "name", "instead", "why"),
    [
        (memory, "float32_fits", too_large, "not enough memory"),
        (Adapter, "in_float32", out_of_memory, "not enough memory"),
        (Adapter, "in_float32", no_copy, "does not run"),
    ],
)
def test_what_was_not_compared_is_said(
    place: Any, name: str, instead: Callable[..., Any], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, name, instead)
    note = explain(build("gpt2", dtype=torch.float16)).scores("saliency").attrs["note"]
    assert "float16 was not compared with float32" in note
    assert why in note
