"""All gradient scores of an encoder–decoder model, against Inseq: one thread, CPU seconds, equal numbers first."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

import attrwidget as aw
from benchmarks.models import random_text, save_bart
from benchmarks.products import at_most, encoder_decoder
from benchmarks.saliency import seconds
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NOTE = (
    "Encoder–decoder: BART shape, 6 + 6 layers × 384, vocabulary 32,000, random weights (standard deviation 0.2), as "
    "above; scores of all tokens of the source and of the target so far. Shares are checked to be equal to 1e-5 first. "
    "Under either tool each step takes a backward pass of its own through the whole encoder; what can be saved is the "
    "forward passes, and the steps' vocabulary."
)
VOCABULARY = 32_000
_SIZES = {"saliency": ((100, 40), (300, 60)), "input_x_gradient": ((100, 40),)}
_NAMES = {"saliency": "saliency", "input_x_gradient": "gradient × input (L2)"}
_TARGET, _TOLERANCE = 4.0, 1e-5


class Case:
    """One source and target under both tools, by one method: random words."""

    def __init__(self, ours: aw.Model, inseq: Any, method: str, source: int, target: int) -> None:
        self._ours, self._inseq, self._method = ours, inseq, method
        self.source = random_text(source, VOCABULARY, seed=source)
        self.target = random_text(target, VOCABULARY, seed=target)
        self.lengths = source, target
        self.size = f"{source} + {target} tokens"

    def ours(self) -> NDArray[np.float32]:
        """Return a fresh explanation's shares, ``[steps, inputs]``."""
        explanation: aw.Explanation = self._ours.explain(self.source, output=self.target)
        return explanation.scores(self._method, normalize="inseq").to_numpy()

    def inseq(self) -> Any:
        """Return Inseq's output for all steps."""
        return self._inseq.attribute(self.source, self.target, attribute_target=True, show_progress=False)

    def check(self) -> float:
        """Return the largest difference of shares; raise when it is more than the tolerance. Warms both tools."""
        shown = self.inseq().sequence_attributions[0].aggregate()
        theirs = np.concatenate([shown.source_attributions, shown.target_attributions[:-1]]).T
        mine = self.ours()
        if not np.array_equal(np.isnan(mine), np.isnan(theirs)):
            raise RuntimeError(f"{self.size}: attrwidget and Inseq disagree on which tokens are inputs")
        difference = float(np.nanmax(np.abs(mine - theirs)))
        if difference > _TOLERANCE:
            raise RuntimeError(f"{self.size}: shares differ from Inseq's by {difference:.1e}")
        return difference


def cases() -> Iterator[tuple[str, Case]]:
    """Yield a method's name and a case for each method and size, on one thread."""
    import inseq

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            save_bart(Path(folder), layers=6, heads=6, width=384, vocabulary=VOCABULARY, context=1024)
            ours = aw.load(folder)
            for method, sizes in _SIZES.items():
                theirs = inseq.load_model(folder, method)
                for source, target in sizes:
                    yield _NAMES[method], Case(ours, theirs, method, source, target)
    finally:
        torch.set_num_threads(threads)


def run() -> Iterator[Result]:
    """Yield one result for each method and size."""
    for name, case in cases():
        difference = case.check()
        ours, theirs = seconds(case.ours, case.inseq)
        yield Result(
            f"encoder–decoder, all {name} scores, {case.size} (largest difference {difference:.0e})",
            f"{ours:.2f} s",
            f"Inseq {theirs:.2f} s",
            f"{theirs / ours:.1f} times faster",
            f"{_TARGET:.0f} times",
            theirs / ours >= _TARGET,
        )
        yield at_most(encoder_decoder(*case.lengths), ours, theirs)
