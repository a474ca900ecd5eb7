"""The answer as one target: one row of scores against one forward and one backward pass."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from attrwidget.methods.request.cache import ScoreCache
from benchmarks.table import Result

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from helpers.real import smollm2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import attrwidget as aw

NOTE = (
    "One target: SmolLM2-135M-Instruct in float32, random tokens, one thread, CPU seconds, medians of 5 in turn. Ours "
    'is the row of `scores("input_x_gradient", target="answer")` with the graph made anew for it. The peer is one '
    "forward pass of the model over the same text and one backward pass from the sum of the answer's logits to the "
    "embeddings, weights frozen. Both rows are checked to be equal first, and to be the sum of the rows of all tokens, "
    "which take a backward pass each."
)
_SIZES, _REPEATS, _RATIO = ((60, 20), (150, 50), (300, 100)), 5, 1.3
_TOLERANCE = 1e-4  # of the largest score; the sum of rows to 1e-5


def run() -> Iterator[Result]:
    """Yield one result for each size."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for prompt, output in _SIZES:
            yield _result(prompt, output)
    finally:
        torch.set_num_threads(threads)


def _result(prompt: int, output: int) -> Result:
    model = smollm2()
    generator = torch.Generator().manual_seed(prompt)
    ids = torch.randint(100, 40_000, (prompt + output,), generator=generator).tolist()
    explanation = model.explain(ids[:prompt], output=ids[prompt:])

    def ours() -> Any:
        explanation.trace.drop_graph()
        explanation.reading.cache = ScoreCache(explanation.trace)
        return _row(explanation, "answer")

    def plain() -> Any:
        return _plain(model.hf, ids, prompt)

    mine, theirs = ours(), plain()
    rows = explanation.scores("input_x_gradient", progress=lambda *_: None).fillna(0)
    apart = [
        float(np.abs(mine - other).max() / np.abs(mine).max()) for other in (theirs, rows.sum().to_numpy())
    ]
    if apart[0] > _TOLERANCE or apart[1] > _TOLERANCE / 10:
        raise RuntimeError(f"{prompt} + {output} tokens: rows differ by {apart}")
    taken = [(_seconds(ours), _seconds(plain)) for _ in range(_REPEATS)]
    here, there = (median(times) for times in zip(*taken, strict=True))
    return Result(
        f"the answer as one target, SmolLM2, {prompt} + {output} tokens "
        f"(differs from the sum of rows by {apart[1]:.0e})",
        f"{here:.2f} s",
        f"one forward and backward pass {there:.2f} s",
        f"{here / there:.2f} times",
        f"{_RATIO} times",
        here / there <= _RATIO,
    )


def _row(explanation: aw.Explanation, target: str | None) -> Any:
    table = explanation.scores("input_x_gradient", target=target, progress=lambda *_: None)
    return table.fillna(0).to_numpy()[0]


def _plain(hf: Any, ids: list[int], first: int) -> Any:
    """Return input × gradient of the sum of the answer's logits, as one would write it."""
    leaf = hf.get_input_embeddings()(torch.tensor([ids[:-1]])).detach().requires_grad_()
    logits = hf(inputs_embeds=leaf, use_cache=False, logits_to_keep=len(ids) - first).logits[0]
    chosen = logits.gather(-1, torch.tensor(ids[first:])[:, None])
    (gradient,) = torch.autograd.grad(chosen.sum(), leaf)
    return (gradient * leaf).detach()[0].sum(-1).numpy()


def _seconds(work: Callable[[], Any]) -> float:
    start = process_time()
    work()
    return process_time() - start
