"""Shares passed on through the answer's own words: what that takes beside the rows."""

from __future__ import annotations

from statistics import median
from time import process_time
from typing import TYPE_CHECKING

import numpy as np

from attrwidget.results.sentences import visited
from attrwidget.results.through import pass_on
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOTE = (
    "Passed on: `through=True` on rows of random shares that are there already, an answer of 200 tokens after a prompt "
    "of 1,000; and what each of 60 spans of 20 tokens gave by way of others, as `ex.sentences` asks. Medians of 21, "
    "CPU seconds, one thread."
)
_STEPS, _PROMPT, _REPEATS, _TARGET = 200, 1000, 21, 0.010


def run() -> Iterator[Result]:
    """Yield the time of each."""
    rows = np.random.default_rng(0).random((_STEPS, _PROMPT + _STEPS - 1), dtype=np.float32) ** 4
    for step in range(_STEPS):
        rows[step, _PROMPT + step :] = np.nan
    spans = [(start, start + 20) for start in range(0, _PROMPT + _STEPS, 20)]
    passed = _seconds(lambda: pass_on(rows, _PROMPT, range(_STEPS)))
    size = f"{_STEPS} × {_PROMPT:,}"
    target = f"{1000 * _TARGET:.0f} ms"
    yield Result(
        f"shares passed on, {size}",
        f"{1000 * passed:.1f} ms",
        "–",
        f"{1000 * passed:.1f} ms",
        target,
        passed <= _TARGET,
    )
    by_way = _seconds(lambda: visited(rows, _PROMPT, range(_STEPS), spans))
    yield Result(f"(the same by way of each of {len(spans)} spans)", f"{1000 * by_way:.1f} ms", "–", "")


def _seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_REPEATS):
        start = process_time()
        work()
        times.append(process_time() - start)
    return median(times)
