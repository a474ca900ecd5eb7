"""Write the folder of a bundled model, and read its sentences with their planted truth."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

T = TypeVar("T")


def write(
    folder: Path, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, sentences: Sequence[Any]
) -> None:
    """Write weights, configuration, tokenizer and `facts.json`; other files in the folder are left alone.

    The sentences are dataclasses of text, numbers, booleans and (nested) tuples of these.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    tokenizer.save_pretrained(folder)
    lines = ",\n".join(json.dumps(asdict(one), ensure_ascii=False) for one in sentences)
    (folder / "facts.json").write_text(f'{{"version": 1, "sentences": [\n{lines}\n]}}\n', encoding="utf-8")


def read(folder: Path, kind: type[T]) -> Iterator[T]:
    """Yield the sentences in `facts.json`, each a *kind*, in the order they were written."""
    data = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    for row in data["sentences"]:
        yield kind(**{name: _tuples(value) for name, value in row.items()})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
