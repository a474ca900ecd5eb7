"""Measure how time grows with the prompt, and the share of the rate of matrix products that backward passes reach."""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks import products
from benchmarks.saliency import Case, loaded, seconds
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

NOTE = (
    "Growth: all saliency scores of 8 generated tokens, the model and measures of the saliency benchmark, one run of "
    "each tool. The share of the rate that backward passes reach is of the CPU seconds that all rows take beside "
    f"`explain`. {products.NOTE}"
)
_PROMPTS, _OUTPUT = (64, 256, 1024), 8
_LONG = (300, 60)


def run() -> Iterator[Result]:
    """Yield one result for each length of prompt, and the share of the rate of matrix products."""
    with loaded() as (_, ours, theirs):
        for prompt in _PROMPTS:
            case = Case(ours, theirs, prompt, _OUTPUT)
            case.check()
            mine, inseqs = seconds(case.ours, case.inseq, repeats=1)
            yield Result(
                f"all saliency scores, {case.size}",
                f"{mine:.2f} s",
                f"Inseq {inseqs:.2f} s",
                f"{inseqs / mine:.1f} times faster",
            )
        yield _share(ours, Case(ours, theirs, *_LONG))


def _share(ours: Any, case: Case) -> Result:
    """Return the share of the rate of matrix products that backward passes reach."""
    rates, shares = [], []
    explain = partial(ours.explain, case.prompt, output=case.output)
    explain().reading.rows("saliency", range(_LONG[1]))
    for _ in range(3):
        rate, ex = products.matrix_rate(), explain()
        start = time.process_time()
        ex.reading.rows("saliency", range(ex.reading.n_steps))
        rates.append(rate)
        shares.append(products.causal_backward(*_LONG) / (time.process_time() - start) / rate)
    return Result(
        f"share of the rate of matrix products, backward passes, {case.size}",
        f"{statistics.median(shares):.0%}",
        f"{statistics.median(rates) / 1e9:.0f} GFLOP/s",
        f"{statistics.median(shares):.0%}",
    )
