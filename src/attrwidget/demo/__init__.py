"""The bundled model: a tiny causal language model of facts, whose answers' causes are known.

`path()` is its folder, in Hugging Face format; `sentences()` are prompts with the words that decide each answer.
Importing this imports neither torch nor transformers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrwidget.demo.sentence import Sentence, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Sentence", "Span", "path", "sentences"]


def path() -> Path:
    """The folder of the bundled model."""
    return Path(__file__).parent / "model"


def sentences() -> Iterator[Sentence]:
    """The sentences that travel with the model, in a fixed order: each fact asked plainly, then among fillers."""
    data = json.loads((path() / "facts.json").read_text(encoding="utf-8"))
    for row in data["sentences"]:
        yield Sentence(**{name: _tuples(value) for name, value in row.items()})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
