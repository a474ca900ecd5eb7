"""The hub is asked only for what is not in the cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import huggingface_hub
import pytest

from attrwidget.hf.hub import cached_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "someone/something"
LOAD = f"""
import socket

asked = []

def refuse(*address, **options):
    asked.append(address)
    raise OSError("no network in this test")

socket.getaddrinfo = socket.socket.connect = refuse
import attrwidget as aw

assert len(aw.load({NAME!r}).explain("The", max_new_tokens=1).steps) == 1
assert asked == [], asked
"""


@pytest.fixture
def home(tmp_path: Path, folder: Callable[[str], str]) -> Path:
    """Give the home of a hub's cache that holds one model."""
    repository = tmp_path / "hub" / f"models--{NAME.replace('/', '--')}"
    shutil.copytree(folder("llama"), repository / "snapshots" / "abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    return tmp_path


@pytest.fixture
def snapshot(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of that model, in the cache that is in use."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(home / "hub"))
    return next(home.glob("hub/*/snapshots/abc"))


@pytest.mark.slow
def test_a_cached_model_is_loaded_without_a_request(home: Path) -> None:
    environment = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "0"}
    environment.pop("HF_HUB_CACHE", None)
    done = subprocess.run(
        [sys.executable, "-c", LOAD], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer"])
def test_a_model_of_which_a_file_is_missing_is_not_cached(snapshot: Path, file: str) -> None:
    assert cached_folder(NAME) == str(snapshot)
    for path in snapshot.glob(f"{file}*"):
        path.unlink()
    assert cached_folder(NAME) is None


def test_weights_in_parts_are_cached_when_all_parts_are(snapshot: Path) -> None:
    (snapshot / "model.safetensors").rename(snapshot / "model-1.safetensors")
    index = '{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}'
    (snapshot / "model.safetensors.index.json").write_text(index)
    assert cached_folder(NAME) is None
    (snapshot / "model-2.safetensors").touch()
    assert cached_folder(NAME) == str(snapshot)


@pytest.mark.parametrize("name", ["no/such", "", "two words?*", "./no/such/folder"])
def test_other_names_are_not_cached(snapshot: Path, name: str) -> None:
    assert snapshot.exists()
    assert cached_folder(name) is None
