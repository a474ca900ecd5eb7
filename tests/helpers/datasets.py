"""Explain a data set in this very process: workers, each a process that imports torch, have tests of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

from attrwidget.dataset import explain
from attrwidget.dataset.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path


def _run_here(
    folder: Path,
    shards: Sequence[int],
    workers: int,  # noqa: ARG001 - none is started
    done: Callable[[int], None],
) -> None:
    worker = Worker(folder)
    for shard in shards:
        worker.explain(shard)
        done(shard)


def in_this_process() -> AbstractContextManager[object]:
    """Let ``aw.explain_dataset`` work without other processes."""
    return patch.dict(explain._ENGINES, local=_run_here)
