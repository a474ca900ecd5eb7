"""How time grows with the prompt, and what share of the machine's matrix-product rate the backward passes reach."""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

import torch

from benchmarks.saliency import Case, loaded, seconds
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

NOTE = (
    "Growth: all saliency scores of 8 generated tokens, the model and measures of the saliency benchmark, one run of "
    "each tool. Share of the matrix-product rate: operations of the matrix products that the backward passes of 300 + "
    "60 tokens cannot do without (two for each weight of the blocks and each token up to the one explained, and four "
    "products for the attention of each pair of tokens), by the CPU seconds that all rows take beside `explain`, "
    "against the rate of products of 2,640 × 384 by 384 × 1,536 float32 measured in the same run, one thread."
)
_PROMPTS, _OUTPUT = (64, 256, 1024), 8
_LONG = (300, 60)


def run() -> Iterator[Result]:
    """Yield one result for each length of prompt, and the share of the machine's rate."""
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
    rates, shares = [], []
    config = ours.hf.config
    explain = partial(ours.explain, case.prompt, output=case.output)
    explain().rows("saliency", range(_LONG[1]))
    for _ in range(3):
        rate, ex = _matrix_rate(), explain()
        start = time.process_time()
        ex.rows("saliency", range(ex.n_steps))
        taken = time.process_time() - start
        seen = [ex.first_step + step for step in range(ex.n_steps)]
        weights = 12 * config.n_embd**2
        pairs = 4 * config.n_embd  # two operations for each of four products, of the half that a token sees
        operations = config.n_layer * sum(2 * weights * n + pairs * n * n for n in seen)
        rates.append(rate)
        shares.append(operations / taken / rate)
    return Result(
        f"share of the matrix-product rate, backward passes, {case.size}",
        f"{statistics.median(shares):.0%}",
        f"{statistics.median(rates) / 1e9:.0f} GFLOP/s",
        f"{statistics.median(shares):.0%}",
    )


def _matrix_rate() -> float:
    """Return operations a second of a matrix product of the shape that a batch has in the blocks."""
    rows, width = 2640, 384
    a, b = torch.randn(rows, width), torch.randn(width, 4 * width)
    out = torch.empty(rows, 4 * width)
    (taken,) = seconds(lambda: [torch.mm(a, b, out=out) for _ in range(20)])
    return 20 * 2 * rows * width * 4 * width / taken
