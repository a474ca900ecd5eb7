"""How near estimates of memory come to what is taken: SmolLM2-135M and a GPT-2, on a CPU, on Linux.

The peak is the largest resident size that the kernel notes while one thing is done, less the size before. Set
``MALLOC_ARENA_MAX=1`` and ``MALLOC_MMAP_THRESHOLD_=65536``, so that freed memory goes back to the system at once.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

import attrwidget as aw
from attrwidget.engine.memory import checkpointed_bytes, graph_bytes, run_bytes
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOTE = (
    "Memory: bytes that are estimated before work, and the largest resident size while it is done, less that before; "
    "one thread, float32, texts of random tokens of which the last 8 are the answer."
)
_SIZES, _ANSWER = (500, 1200), 8
_WITHIN = 1.5


def run() -> Iterator[Result]:
    """Yield a row for each model, length and kind of work."""
    torch.set_num_threads(1)
    for name, hf, tokenizer in _models():
        for tokens in _SIZES:
            ids = torch.randint(5, 40_000, (tokens,), generator=torch.Generator().manual_seed(0)).tolist()
            for what, budget, estimate in (
                ("gradient", None, graph_bytes),
                ("gradient, checkpointed", 1, checkpointed_bytes),
            ):
                model: Any = aw.load(hf, tokenizer, memory_budget=budget)
                ex = model.explain(ids[:-_ANSWER], output=ids[-_ANSWER:])
                taken = peak(lambda ex=ex: ex.reading.rows("saliency", [0, 1]))  # type: ignore[misc]
                yield row(f"{name}, {what}, {tokens:,} tokens", taken, estimate(ex.trace.model, tokens))
            perturber = ex.trace.perturber("mask")
            taken = peak(lambda it=perturber: it.batch([(5,)], lambda logits: logits.double().sum()))  # type: ignore[misc]
            yield row(
                f"{name}, one changed text, {tokens:,} tokens",
                taken,
                run_bytes(ex.trace.model, tokens, _ANSWER),
            )


def row(what: str, taken: int, estimate: int) -> Result:
    """Return a row that compares an estimate with the bytes *taken*."""
    ratio = estimate / taken
    return Result(
        what,
        f"{estimate / 1e6:.0f} MB estimated",
        f"{taken / 1e6:.0f} MB taken",
        f"{ratio:.2f}",
        f"within {_WITHIN} times",
        1 / _WITHIN <= ratio <= _WITHIN,
    )


def peak(work: Callable[[], Any]) -> int:
    """Return by how many bytes the process is larger at its largest while *work* runs."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    work()
    return _status("VmHWM") - before


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def _models() -> Iterator[tuple[str, Any, Any]]:
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from helpers.real import smollm2
    from transformers import GPT2Config, GPT2LMHeadModel

    small = smollm2()
    yield "SmolLM2-135M", small.hf, small.tokenizer
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=49_152, n_layer=6, n_head=8, n_embd=512, n_positions=4096, bos_token_id=0, eos_token_id=0
    )
    yield "GPT-2 of 6 × 512", GPT2LMHeadModel(config).eval(), small.tokenizer
