"""All saliency scores of a text, against Inseq: one thread, CPU seconds, equal numbers first."""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

import attrwidget as aw
from benchmarks.models import random_text, save_gpt2
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

NOTE = (
    "Saliency: GPT-2 shape, 6 layers × 384, vocabulary 32,000, random weights (standard deviation 0.2), one thread, "
    "CPU seconds, median of runs taken in turn on warm models. Ours is `explain(output=…)` and all rows; Inseq's is "
    "`attribute` of the same text. Shares are checked to be equal to 1e-5 first."
)
VOCABULARY = 32_000
_SIZES = ((100, 40), (300, 60))
_TARGET, _TOLERANCE, _REPEATS = 4.0, 1e-5, 3


class Case:
    """One text under both tools: *prompt* and *output* tokens of random words."""

    def __init__(self, ours: aw.Model, inseq: Any, prompt: int, output: int) -> None:
        self._ours, self._inseq = ours, inseq
        self.prompt = random_text(prompt, VOCABULARY, seed=prompt)
        self.output = " " + random_text(output, VOCABULARY, seed=output)
        self.size = f"{prompt} + {output} tokens"

    def ours(self, steps: int | None = None) -> NDArray[np.float32]:
        """Return a fresh explanation's shares, ``[steps, inputs]``, of all steps or of the first *steps*."""
        explanation: aw.Explanation = self._ours.explain(self.prompt, output=self.output)
        return explanation.reading.rows(
            "saliency", range(explanation.reading.n_steps if steps is None else steps)
        )

    def inseq(self, steps: int | None = None) -> Any:
        """Return Inseq's output for all steps or for the first *steps*."""
        first = len(self.prompt.split())
        return self._inseq.attribute(
            self.prompt,
            self.prompt + self.output,
            attr_pos_end=None if steps is None else first + steps,
            show_progress=False,
        )

    def check(self) -> float:
        """Return the largest difference of shares; raise when it is more than the tolerance. Warms both tools."""
        theirs = self.inseq().sequence_attributions[0].aggregate().target_attributions.numpy().T
        mine = self.ours()
        theirs = theirs[:, : mine.shape[1]]
        if not np.array_equal(np.isnan(mine), np.isnan(theirs)):
            raise RuntimeError(f"{self.size}: attrwidget and Inseq disagree on which tokens are inputs")
        difference = float(np.nanmax(np.abs(mine - theirs)))
        if difference > _TOLERANCE:
            raise RuntimeError(f"{self.size}: shares differ from Inseq's by {difference:.1e}")
        return difference


@contextmanager
def loaded() -> Iterator[tuple[str, aw.Model, Any]]:
    """Yield a folder with the model, and the model as attrwidget and Inseq load it; use one thread meanwhile."""
    import inseq

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            save_gpt2(Path(folder), layers=6, heads=6, width=384, vocabulary=VOCABULARY, context=1100)
            yield folder, aw.load(folder), inseq.load_model(folder, "saliency")
    finally:
        torch.set_num_threads(threads)


def cases() -> Iterator[Case]:
    """Yield a case for each size."""
    with loaded() as (_, ours, theirs):
        for prompt, output in _SIZES:
            yield Case(ours, theirs, prompt, output)


def seconds(*works: Callable[[], Any], repeats: int = _REPEATS) -> list[float]:
    """Return the median CPU seconds of each of *works*, run in turn *repeats* times."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for work, taken in zip(works, times, strict=True):
            start = time.process_time()
            work()
            taken.append(time.process_time() - start)
    return [statistics.median(taken) for taken in times]


def run() -> Iterator[Result]:
    """Yield one result for each size."""
    for case in cases():
        difference = case.check()
        ours, theirs = seconds(case.ours, case.inseq)
        yield Result(
            f"all saliency scores, {case.size} (largest difference {difference:.0e})",
            f"{ours:.2f} s",
            f"Inseq {theirs:.2f} s",
            f"{theirs / ours:.1f} times faster",
            f"{_TARGET:.0f} times",
            theirs / ours >= _TARGET,
        )
