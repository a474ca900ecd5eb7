"""Damaged JSON files of Inseq's: one sentence, or an explanation that can be shown."""

from __future__ import annotations

import base64
import gzip
import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.damage import damaged, refused_or_shown
from helpers.refused import refused
from helpers.tiny import byte_tokenizer
from hypothesis import HealthCheck, given, settings
from safetensors.numpy import save

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ["The", "Ġfirst", "Ġis", "ĠGeorge", "ĠWashington"]
FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def tensor(*shape: int) -> str:
    """Return numbers of a *shape* as Inseq writes them."""
    return base64.b64encode(save({"attribution": np.full(shape, 0.25, np.float32)})).decode()


def document(scores: Any, source: Any = None, **info: Any) -> dict[str, Any]:
    """Return what Inseq writes for five tokens, the last two of which are explained."""
    tokens = [{"token": word, "id": place} for place, word in enumerate(WORDS)]
    sequence = {
        "source": tokens[:2] if source else [],
        "target": tokens,
        "source_attributions": source,
        "target_attributions": scores,
        "step_scores": {"probability": [0.5, 0.25], "entropy": [1.0, 2.0]},
        "sequence_scores": {},
        "attr_pos_start": 3,
        "attr_pos_end": 5,
    }
    return {"sequence_attributions": [sequence], "info": {"attribution_method": "saliency", **info}}


NUMBERS = [[0.25, 0.25], [0.5, 0.5], [0.25, 0.125], [None, 0.125], [None, None]]
WHOLE = {
    "numbers": document(NUMBERS),
    "tensors": document(tensor(5, 2, 3), tensor(2, 2, 3), attributed_fn="logit", model_name="bart"),
    "attention": document(tensor(5, 2, 2, 3), attribution_method="attention"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", WHOLE)
def test_damaged_anywhere_it_is_refused_in_a_sentence_or_shown(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "out.json"

    @FUZZ
    @given(damaged(WHOLE[kind]))
    def check(damaged_document: Any) -> None:
        path.write_text(json.dumps(damaged_document))
        refused_or_shown(lambda: aw.from_inseq(path), tmp_path)

    check()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("attr_pos_end", 10**30),
        ("attr_pos_start", float("inf")),
        ("attr_pos_start", "3"),
        ("target", [{"token": "x", "id": 10**30}] * 5),
        ("target", [{"token": "x", "id": float("nan")}] * 5),
        ("target", [{"token": "\ud800", "id": 1}] * 5),
        ("target_attributions", "!" * 40),
        ("target_attributions", [["a", "b"]] * 5),
        ("target_attributions", [[1e300, 1], *NUMBERS[1:]]),
        ("target_attributions", NUMBERS[:4]),
        ("target_attributions", [[[], []]] * 5),
        ("step_scores", {"probability": [0.5]}),
        ("step_scores", {"\ud800": [0.5, 0.5]}),
        ("step_scores", [1, 2]),
    ],
)
def test_what_inseq_never_writes_is_refused(key: str, value: Any, tmp_path: Path) -> None:
    changed, path = deepcopy(WHOLE["numbers"]), tmp_path / "out.json"
    changed["sequence_attributions"][0][key] = value
    path.write_text(json.dumps(changed))
    refused(lambda: aw.from_inseq(path))


def test_step_scores_called_like_texts_do_not_replace_them(tmp_path: Path) -> None:
    changed, path = deepcopy(WHOLE["numbers"]), tmp_path / "out.json"
    changed["sequence_attributions"][0]["step_scores"] = {"token": [1, 2], "top": [1, 2], "rank": [1, 2]}
    path.write_text(json.dumps(changed))
    ex = aw.from_inseq(path)
    assert isinstance(ex, aw.SavedExplanation)
    assert ex.steps["token"].tolist() == ["George", "Washington"]
    assert ex.steps["rank"].tolist() == [1, 2]


def test_a_file_that_unzips_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attrwidget.formats.read.inseq_file._MOST_BYTES", 1000)
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress(bytes(10**6)))
    refused(lambda: aw.from_inseq(path), "no JSON file of Inseq's")


def test_ids_that_the_tokenizer_does_not_have(tmp_path: Path) -> None:
    changed, path = deepcopy(WHOLE["numbers"]), tmp_path / "out.json"
    changed["sequence_attributions"][0]["target"][2]["id"] = 10**9
    path.write_text(json.dumps(changed))
    refused(lambda: aw.from_inseq(path, tokenizer=byte_tokenizer()), "1000000000", "tokenizer")


def test_scores_too_many_for_the_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attrwidget.formats.read.inseq._MOST_SCORES", 8)
    path = tmp_path / "out.json"
    path.write_text(json.dumps(WHOLE["numbers"]))
    assert isinstance(aw.from_inseq(path), aw.SavedExplanation)
    monkeypatch.setattr("attrwidget.formats.read.inseq._MOST_SCORES", 7)
    refused(lambda: aw.from_inseq(path), "8 scores", "too many to show")
