"""Measure the time until the first token is explained, against Inseq, which explains all before it shows one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.saliency import cases, seconds
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTE = (
    "First token: the models and texts of the saliency benchmark. Ours is `explain(output=…)` and the row of the "
    "first generated token. Inseq has no lazy rows: its `attribute` of the text computes everything before anything "
    "is shown. The rows in brackets ask it for the first token alone (`attr_pos_end`), which it must be told before."
)
_TARGET = 50.0


def run() -> Iterator[Result]:
    """Yield two results for each size: against all of Inseq's work, and against its first token alone."""
    for case in cases():
        case.check()
        ours, alone = seconds(partial(case.ours, steps=1), partial(case.inseq, steps=1))
        (everything,) = seconds(case.inseq, repeats=1)
        yield Result(
            f"first generated token explained, {case.size}",
            f"{ours:.2f} s",
            f"Inseq {everything:.2f} s",
            f"{everything / ours:.0f} times faster",
            f"{_TARGET:.0f} times",
            everything / ours >= _TARGET,
        )
        yield Result(
            f"(the same, Inseq told to explain the first token alone, {case.size})",
            f"{ours:.2f} s",
            f"Inseq {alone:.2f} s",
            f"{alone / ours:.1f} times faster",
        )
