"""Weights that do not fit in memory are refused before they are loaded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import torch
from helpers.tiny import build, save
from transformers import AutoModelForCausalLM

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path


def only(free: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so many bytes be free."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=int(free)))


def refuse_to_load(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: Any, **__: Any) -> None:
        raise AssertionError("the weights were loaded")

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", load)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return save(build("llama"), tmp_path / "model")


@pytest.fixture
def size(folder: str) -> int:
    """Bytes of the weights as torch holds them."""
    hf = AutoModelForCausalLM.from_pretrained(folder)
    return sum(weight.numel() * weight.element_size() for weight in set(hf.parameters()))


def test_a_model_that_does_not_fit_is_refused_with_both_sizes(
    folder: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(size - 1, monkeypatch)
    refuse_to_load(monkeypatch)
    with pytest.raises(aw.AttrWidgetError) as refused:
        aw.load(folder)
    told = str(refused.value)
    assert f"need {size / 1e6:.1f} MB and {(size - 1) / 1e6:.1f} MB are free" in told
    assert f"dtype='bfloat16', which needs {size / 2e6:.1f} MB" in told


def test_a_shorter_precision_fits(folder: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    only(size / 2, monkeypatch)
    assert aw.load(folder, dtype="bfloat16").hf.dtype == torch.bfloat16
    with pytest.raises(aw.AttrWidgetError, match="are free"):
        aw.load(folder, dtype=torch.float32)
    only(size / 2 - 1, monkeypatch)
    with pytest.raises(aw.AttrWidgetError, match="are free: take a smaller model"):
        aw.load(folder, dtype="bfloat16")


def test_a_model_of_several_files(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = build("llama")
    whole.save_pretrained(tmp_path / "parts", max_shard_size=size // 3)
    folder = save(whole, tmp_path / "words")
    for file in (tmp_path / "words").glob("token*"):
        file.rename(tmp_path / "parts" / file.name)
    assert folder != str(tmp_path / "parts")
    assert len(list((tmp_path / "parts").glob("*.safetensors"))) > 1
    only(size, monkeypatch)
    aw.load(tmp_path / "parts")
    only(size - 1, monkeypatch)
    with pytest.raises(aw.AttrWidgetError, match="are free"):
        aw.load(tmp_path / "parts")


def test_a_model_that_is_spread_out_is_not_refused(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    only(1e12, monkeypatch)
    before = aw.load(folder, device="auto")
    assert before.explain("The first", max_new_tokens=1).reading.n_steps == 1
