"""A file that is damaged, old, or of another kind: it opens, or one sentence says why not."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from helpers.damage import damaged, refused_or_shown
from helpers.refused import refused
from helpers.tiny import PROMPT
from hypothesis import given, settings
from safetensors.numpy import save as save_arrays

import attrwidget as aw
from attrwidget.formats import container

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def live(folder: Callable[[str], str]) -> aw.Explanation:
    return aw.load(folder("gpt2")).explain(PROMPT, output=" George Washington. He was 東")


@pytest.fixture(scope="module")
def path(live: aw.Explanation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return live.save(tmp_path_factory.mktemp("saved") / "why.attrwidget", methods=["saliency", "attention"])


@pytest.fixture(scope="module")
def saved(path: Path) -> aw.SavedExplanation:
    return aw.open(path)


def test_cut_anywhere_it_is_refused(path: Path, tmp_path: Path) -> None:
    data, cut = path.read_bytes(), tmp_path / "cut"
    for share in range(0, 100, 7):
        cut.write_bytes(data[: len(data) * share // 100])
        refused(lambda: aw.open(cut), str(cut))
    cut.write_bytes(data[:-1])
    refused(lambda: aw.open(cut), "cut short", f"{len(data) - 1} of {len(data)} bytes")
    cut.write_bytes(data + b"\0")
    refused(lambda: aw.open(cut), "altered")


def test_altered_anywhere_it_is_refused(path: Path, tmp_path: Path) -> None:
    data, altered = path.read_bytes(), tmp_path / "altered"
    header = 8 + int.from_bytes(data[:8], "little")
    for at in (*range(16), *range(16, header, 97), *range(header, len(data), 997), len(data) - 1):
        for bit in (1, 128):
            changed = bytearray(data)
            changed[at] ^= bit
            altered.write_bytes(changed)
            refused(lambda: aw.open(altered), str(altered))


def test_a_file_of_version_1_still_opens(
    path: Path, saved: aw.SavedExplanation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, arrays = container.unpack(path.read_bytes(), "why")
    document["said"], document["called"] = document.pop("answer_text"), document.pop("step_noun")
    for entry in document["methods"]:
        entry["says"] = entry.pop("description")
    monkeypatch.setattr(container, "VERSION", 1)
    old = tmp_path / "old"
    old.write_bytes(container.pack(document, arrays))
    again = aw.open(old)
    assert again.methods() == saved.methods()
    assert again.reading.step_noun == saved.reading.step_noun
    pd.testing.assert_frame_equal(again.scores(), saved.scores())


def test_a_newer_version_is_named(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes().replace(b'"version":"2"', b'"version":"9"')
    newer = tmp_path / "newer"
    newer.write_bytes(data)
    refused(lambda: aw.open(newer), "version 9", "version 2", "upgrade attrwidget")


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"hello" * 9, b"\x80\x04K\x01.", bytes(64), b"PK\x03\x04" + bytes(60), b"\xff" * 40],
    ids=["empty", "json", "text", "pickle", "zeros", "zip", "ones"],
)
def test_other_files_are_refused(data: bytes, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(data)
    refused(lambda: aw.open(other), "no saved explanation")


def test_other_paths_are_refused(live: aw.Explanation, tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(save_arrays({"weight": np.ones(3)}))
    refused(lambda: aw.open(weights), "another kind")
    refused(lambda: aw.open(tmp_path / "missing"), "There is no file", "missing")
    refused(lambda: aw.open(tmp_path), "Cannot read", "it is a folder")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    refused(lambda: aw.open(pipe), "Cannot read", "it is a pipe")
    refused(lambda: aw.open("/dev/zero"), "Cannot read", "it is a device")
    refused(lambda: live.save(tmp_path), "it is a folder")
    refused(lambda: live.save(tmp_path / "no" / "x"), "no folder")


def test_a_whole_file_with_wrong_contents_is_refused(path: Path, tmp_path: Path) -> None:
    document, arrays = container.unpack(path.read_bytes(), "it")
    wrong = tmp_path / "wrong"

    def written(changes: dict[str, Any], others: dict[str, Any] | None = None) -> Path:
        kept = {name: value for name, value in {**document, **changes}.items() if value is not ...}
        wrong.write_bytes(container.pack(kept, {**arrays, **(others or {})}))
        return wrong

    assert aw.open(written({})).reading.n_steps == 9
    for name in ("units", "labels", "methods", "first_step", "top", "sections", "readings"):
        refused(lambda name=name: aw.open(written({name: ...})), "no valid explanation")
        refused(lambda name=name: aw.open(written({name: {"a": [None]}})))
    for name, value in {
        "units": [[0, 1, "x"]],
        "labels": document["labels"][1:],
        "sections": [["Prompt", 0, 99]],
        "methods": [],
    }.items():
        refused(lambda name=name, value=value: aw.open(written({name: value})), "no valid explanation")
    for name in ("attention", "scores.saliency"):
        refused(lambda name=name: aw.open(written({}, {name: arrays[name][1:]})), "no valid explanation")
    refused(lambda: aw.open(written({}, {"ids": arrays["ids"][1:]})), "no valid explanation")
    for name, value in {
        "model": "\ud800",
        "step_noun": ["token", 3],
        "answer_text": 5,
        "attention_note": {"a": 1},
        "warnings": [3],
        "special": ["x"],
        "first_step": 1e400,
        "top": [[["x", "y"]]] * 9,
    }.items():
        refused(lambda name=name, value=value: aw.open(written({name: value})), "no valid explanation")
    for field, value in {"title": 3, "signed": "yes", "note": {}, "description": None, "name": None}.items():
        entries = [{**entry, field: value} for entry in document["methods"]]
        refused(lambda entries=entries: aw.open(written({"methods": entries})), "no valid explanation")
    for name, array in {
        "scores.saliency": np.full_like(arrays["scores.saliency"], np.inf),
        "steps.probability": np.full(9, 7.0),
        "steps.rank": np.full(9, np.inf),
        "ids": np.full(len(arrays["ids"]), 0.5),
    }.items():
        refused(lambda name=name, array=array: aw.open(written({}, {name: array})), "no valid explanation")


@pytest.mark.slow
def test_signed_again_after_any_change_it_is_refused_in_a_sentence_or_shown(
    path: Path, tmp_path: Path
) -> None:
    document, arrays = container.unpack(path.read_bytes(), "it")
    signed = tmp_path / "signed"

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(damaged(document))
    def check(changed: Any) -> None:
        signed.write_bytes(container.pack(changed, arrays))
        refused_or_shown(lambda: aw.open(signed), tmp_path)

    check()
