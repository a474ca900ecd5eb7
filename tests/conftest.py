"""What the core's tests share: one thread, and tiny models saved as folders."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

os.environ["HF_HUB_OFFLINE"] = "1"  # before huggingface_hub is imported: no test asks the network

import pytest
import torch
from helpers.tiny import build, byte_tokenizer, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Give a folder with a model of an architecture and a byte-level tokenizer, saved once."""
    made: dict[str, str] = {}

    def get(name: str) -> str:
        if name not in made:
            made[name] = save(build(name), tmp_path_factory.mktemp(name))
        return made[name]

    return get


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    return byte_tokenizer()
