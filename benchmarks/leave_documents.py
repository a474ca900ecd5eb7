"""Leaving out each document beside writing the answer, and beside the same passes by Transformers alone: SmolLM2."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from benchmarks.context_cite import _FACTS, _QUESTIONS
from benchmarks.table import Result

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from helpers.real import smollm2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOTE = (
    "Documents: SmolLM2-135M-Instruct in float32, a question and ten documents of a sentence each, one thread, CPU "
    "seconds, medians of 3 in turn, each explanation made anew. Ours is `ex.by_unit('document')`. Transformers alone: "
    "for each document one pass over what comes after it, with the positions that it has in the whole text and with "
    "the keys and values of what comes before the document in a cache already, which is not counted. The falls of the "
    "log-probability are checked to be equal to 1e-3 nats. Writing is `generate` alone."
)
_RATIO = 1.15


def run() -> Iterator[Result]:
    """Yield two rows for each of two questions."""
    torch.set_num_threads(1)
    model = smollm2()
    for question in _QUESTIONS[:2]:
        _explained(model, question).by_unit("document")
        rounds = []
        for _ in range(3):
            ex = _explained(model, question)
            ours, table = _seconds(partial(ex.by_unit, "document", normalize=None))
            passes, falls = _alone(ex)
            np.testing.assert_allclose(table.to_numpy().sum(0), falls, rtol=0, atol=1e-3)
            rounds.append((ours, passes, _seconds(partial(_written, ex))[0]))
        ours, passes, written = (median(times) for times in zip(*rounds, strict=True))
        first, steps = ex.trace.first_step, ex.trace.n_steps
        yield Result(
            f"each of {len(_FACTS)} documents left out, SmolLM2, {first} + {steps} tokens",
            f"{ours:.2f} s",
            f"Transformers alone, what comes before in its cache, {passes:.2f} s",
            f"{ours / passes:.2f} times",
            f"{_RATIO} times",
            ours / passes <= _RATIO,
        )
        yield Result(
            "(the same)",
            f"{ours:.2f} s",
            f"writing the answer {written:.2f} s",
            f"{ours / written:.2f} times",
        )


def _explained(model: Any, question: str) -> Any:
    return model.explain(
        question, documents=list(_FACTS), max_new_tokens=40, progress=lambda _done, _total: None
    )


def _written(ex: Any) -> None:
    prompt = torch.tensor([ex.tokens.ids[: ex.trace.first_step]])
    with torch.no_grad():
        ex.trace.model.hf.generate(prompt, max_new_tokens=ex.trace.n_steps, do_sample=False)


def _alone(ex: Any) -> tuple[float, list[float]]:
    """Return the CPU seconds of all passes, and the fall of the answer's log-probability without each document."""
    hf, ids, first = ex.trace.model.hf, torch.tensor([ex.tokens.ids]), ex.trace.first_step
    spans = [(span.start, span.end) for span in ex.trace.context_spans["document"]]
    answer, taken = ids[0, first:], 0.0
    words = ~torch.tensor(list(ex.tokens.special[first:]))  # the end of the text is part of no sentence

    def after(start: int, end: int) -> float:
        nonlocal taken
        past = hf(ids[:, :start], use_cache=True).past_key_values
        begun = process_time()
        logits = hf(
            ids[:, end:-1],
            past_key_values=past,
            position_ids=torch.arange(end, ids.shape[1] - 1)[None],
            attention_mask=torch.ones(1, start + ids.shape[1] - 1 - end, dtype=torch.long),
            logits_to_keep=len(answer),
        ).logits[0]
        taken += process_time() - begun
        return float(logits.double().log_softmax(-1).gather(1, answer[:, None])[words].sum())

    with torch.no_grad():
        whole = after(first - 1, first - 1)
        taken = 0.0
        found = [whole - after(*span) for span in spans]
    return taken, found


def _seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = process_time()
    made = work()
    return process_time() - begun, made
