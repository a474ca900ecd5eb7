"""Measure data sets: ``python -m benchmarks.datasets batches`` (two minutes) compares texts at once with one by one."""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import attrwidget as aw
from attrwidget.dataset.batch import Text
from attrwidget.dataset.manifest import Manifest
from attrwidget.dataset.shard import explain_shard

_DRAW = random.Random(0)  # noqa: S311 - words
_WORDS = {
    "demo": lambda: f"The capital of {_DRAW.choice(['Japan', 'France', 'Italy', 'Germany', 'Spain'])} is",
    "demo-sentiment": lambda: (
        f"The {_DRAW.choice(['film', 'plot', 'acting', 'music'])} was {_DRAW.choice(['not ', 'very ', ''])}"
        f"{_DRAW.choice(['good', 'bad', 'great', 'dull', 'terrible'])}{_DRAW.choice(['.', ', and the end was sad.'])}"
    ),
    "demo-masked": lambda: f"The capital of {_DRAW.choice(['Japan', 'France', 'Italy'])} is [MASK].",
    "demo-translation": lambda: _DRAW.choice(
        ["我們喜歡的手錶很重。", "我喜歡機器學習。", "他們的房子很大。"]
    ),
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "demo": {"max_new_tokens": 5},
    "demo-translation": {"max_new_tokens": 12},
}


def batches(count: int = 64, size: int = 32, runs: int = 3) -> None:
    """Print the processor time that a text takes, one by one and *size* at once, medians of *runs* in turn."""
    print(f"| model, method | one by one | {size} at once | |\n|---|---|---|---|")
    for name, text in _WORDS.items():
        model = aw.load(name)
        texts = [Text(k, text(), None) for k in range(count)]
        for method in ("leave_one_out", "gim"):
            taken: dict[int, list[float]] = {1: [], size: []}
            for _ in range(runs + 1):  # the first warms up
                for at_once, times in taken.items():
                    how = Manifest(name, {}, [method], _OPTIONS.get(name, {}), count, at_once, count, "", {})
                    times.append(_processor_time(model, texts, how))
            one, many = (1000 * statistics.median(times[1:]) / count for times in taken.values())
            print(f"| {name}, {method} | {one:.1f} ms | {many:.1f} ms | {one / many:.1f} times |", flush=True)


def _processor_time(model: Any, texts: list[Text], how: Manifest) -> float:
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        explain_shard(model, texts, how, Path(folder) / "shard.parquet")
        return time.process_time() - start


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    {"batches": batches}[sys.argv[1]]()
