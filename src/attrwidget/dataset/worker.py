"""A worker: a process that explains the shards whose numbers it reads, a line each, and answers each with a line.

``python -m attrwidget.dataset.worker FOLDER`` ends when its input does, so that no worker outlives who asked it.
"""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrwidget.dataset.batch import Text
from attrwidget.dataset.manifest import TEXTS, read_manifest, shard_path
from attrwidget.dataset.shard import explain_shard
from attrwidget.errors import AttrWidgetError, first_line
from attrwidget.load_model import load

if TYPE_CHECKING:
    from attrwidget.dataset.manifest import Manifest


class Worker:
    """Explains shards of a *folder* by one model, which it loads once."""

    def __init__(self, folder: Path) -> None:
        manifest = read_manifest(folder)
        if manifest is None:
            raise AttrWidgetError(f"{folder} is no folder of a data set: it has no manifest.")
        self._folder, self._how = folder, manifest
        self._texts = read_columns(folder)
        self._model = load(manifest.model, **manifest.load)
        _check_options(self._model, manifest.options)

    def explain(self, shard: int) -> None:
        """Explain a shard and write its file."""
        prompts, outputs = self._texts
        texts = [
            Text(k, prompts[k], None if outputs is None else outputs[k]) for k in self._how.texts_of(shard)
        ]
        explain_shard(self._model, texts, self._how, shard_path(self._folder, shard))


def _check_options(model: Any, options: dict[str, Any]) -> None:
    try:
        inspect.signature(model.explain).bind("", **options)
    except TypeError as error:
        raise AttrWidgetError(f"explain() of {model.name} {error}: leave it out.") from None


def read_columns(folder: Path) -> tuple[list[str], list[str] | None]:
    """Return the prompts and the outputs of a folder's texts."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder / TEXTS)
    outputs = table.column("output").to_pylist() if "output" in table.column_names else None
    return table.column("prompt").to_pylist(), outputs


def missing_shards(folder: Path, manifest: Manifest) -> list[int]:
    """Return the shards that have no file yet."""
    return [shard for shard in range(manifest.shards) if not shard_path(folder, shard).is_file()]


def failure(error: Exception) -> str:
    """Return the sentence on an *error* that ends a run."""
    if isinstance(error, AttrWidgetError):
        return str(error)
    return f"A worker failed ({type(error).__name__}: {first_line(error)}). What is finished stays."


def main(folder: str) -> None:
    """Answer ``{"ready": true}``, then ``{"done": N}`` for each number N read, or ``{"error": sentence}``."""
    # What libraries print must not be read as an answer.
    answers, sys.stdout = sys.stdout, sys.stderr

    def answer(**said: Any) -> None:
        print(json.dumps(said), file=answers, flush=True)

    try:
        worker = Worker(Path(folder))
        answer(ready=True)
        for line in sys.stdin:
            worker.explain(int(line))
            answer(done=int(line))
    except Exception as error:  # noqa: BLE001 - it is raised where the run was started
        answer(error=failure(error))


if __name__ == "__main__":
    main(sys.argv[1])
