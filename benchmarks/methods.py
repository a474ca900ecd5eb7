"""Other methods than saliency, all steps, against Inseq and Captum: equal numbers first, then CPU seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.models import random_text
from benchmarks.peers import POINTS, Captum
from benchmarks.products import at_most, causal
from benchmarks.saliency import VOCABULARY, loaded
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import torch
    from numpy.typing import NDArray

NOTE = (
    "Other methods: the model of the saliency benchmark, the probability of each generated token, one thread, CPU "
    f"seconds, each tool once after a short text. Integrated gradients: {POINTS} points, from the padding token. "
    "Leave one out: each input replaced by the padding token (Inseq's occlusion, whose scores have lost their sign, "
    "and Captum's FeatureAblation). Captum is given frozen weights, batches and the last logits alone. All scores are "
    "checked to be the same, to within 1e-3 of the largest. The target is for the faster of the two."
)
_TARGET, _TOLERANCE = 4.0, 1e-3
_WARM = (8, 2)


@dataclass(frozen=True)
class _Work:
    """A method of ``Captum``, by its name in attrwidget and in Inseq, and the tokens of prompt and output."""

    title: str
    method: str
    ours: str
    inseq: str
    size: tuple[int, int]
    options: dict[str, Any] = field(default_factory=dict)
    inseq_options: dict[str, Any] = field(default_factory=dict)
    runs: int = 0  # of the model with gradients


_WORK = (
    _Work("input × gradient", "input_x_gradient", "input_x_gradient", "input_x_gradient", (100, 40), runs=1),
    _Work(
        f"integrated gradients, {POINTS} points",
        "integrated_gradients",
        "integrated_gradients",
        "integrated_gradients",
        (100, 8),
        {"baseline": "pad", "points": POINTS},
        {"n_steps": POINTS},
        POINTS,
    ),
    _Work("leave one out", "leave_one_out", "leave_one_out_replaced", "occlusion", (60, 8), {"token": "pad"}),
)


def run() -> Iterator[Result]:
    """Yield one result for each method."""
    with loaded() as (folder, ours, theirs):
        for work in _WORK:
            for run in _tools(work, folder, ours, theirs, _WARM):
                run()
            scores, taken = zip(*map(_timed, _tools(work, folder, ours, theirs, work.size)), strict=True)
            difference = _check(work.method, *scores)
            mine, inseqs, captums = taken
            faster = min(inseqs, captums)
            yield Result(
                f"{work.title}, {work.size[0]} + {work.size[1]} tokens (largest difference {difference:.0e})",
                f"{mine:.2f} s",
                f"Inseq {inseqs:.2f} s, Captum {captums:.2f} s",
                f"{faster / mine:.1f} times faster",
                f"{_TARGET:.0f} times",
                faster / mine >= _TARGET,
            )
            if work.runs:
                yield at_most(causal(*work.size, work.runs), mine, faster)


def _tools(
    work: _Work, folder: str, ours: Any, theirs: Any, size: tuple[int, int]
) -> list[Callable[[], Any]]:
    """Return a function for each tool that computes the scores of a text of this size."""
    prompt, output = size
    text = (random_text(prompt, VOCABULARY, prompt), " " + random_text(output, VOCABULARY, output))
    return [
        partial(_ours, ours, work, text),
        partial(_inseq, theirs, work, text),
        getattr(Captum(folder, *text), work.method),
    ]


def _timed(run: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    return run(), time.process_time() - start


def _ours(model: Any, work: _Work, text: tuple[str, str]) -> NDArray[np.float32]:
    """Return the scores of attrwidget, ``[steps, inputs]``."""
    scores: NDArray[np.float32] = (
        model.explain(text[0], output=text[1])
        .scores(
            work.ours,
            target_function="probability",
            normalize=None,
            progress=lambda *_: None,
            **work.options,
        )
        .to_numpy()
    )
    return scores


def _inseq(model: Any, work: _Work, text: tuple[str, str]) -> torch.Tensor:
    out = model.attribute(
        text[0], "".join(text), method=work.inseq, show_progress=False, **work.inseq_options
    )
    scores: torch.Tensor = out.sequence_attributions[0].target_attributions
    return (scores if scores.ndim == 2 else scores.sum(-1)).T


def _check(method: str, mine: NDArray[np.float32], inseqs: torch.Tensor, captums: torch.Tensor) -> float:
    """Return the largest difference from ours of any tool's scores, as a share of ours; raise when it is too large."""
    largest = 0.0
    for name, theirs in (("Inseq", inseqs), ("Captum", captums)):
        same = np.abs(mine) if (name, method) == ("Inseq", "leave_one_out") else mine
        gaps = np.nan_to_num(same - theirs.numpy()[:, : mine.shape[1]])
        difference = float(np.abs(gaps).max() / np.nanmax(np.abs(mine)))
        if difference > _TOLERANCE:
            raise RuntimeError(
                f"{method}: {name}'s scores differ from ours by {difference:.1e} of the largest"
            )
        largest = max(largest, difference)
    return largest
