# ruff: noqa: T201
"""Train a bundled model and report on it: what the training scripts share."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import torch

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Collection, Iterable, Iterator

    from transformers import BatchEncoding, PreTrainedModel

Batch = TypeVar("Batch")
One = TypeVar("One")

BATCH = 64
POOL = 16


def options(what: str, folder: Path, steps: int) -> argparse.Namespace:
    """Read the command's `out`, `steps` and `seed`; use one thread, so that a seed gives the same model.

    Processors that round otherwise end with other weights: such a model does as well, and errs on other texts.
    """
    parser = argparse.ArgumentParser(description=f"Train {what}.")
    parser.add_argument("--out", type=Path, default=folder, help="folder to write (default: the bundled one)")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--seed", type=int, default=0)
    torch.set_num_threads(1)
    return parser.parse_args()


def distinct(draw: Callable[[], One], text_of: Callable[[One], str], count: int) -> list[One]:
    """Return *count* of what *draw* returns, no text twice."""
    found: dict[str, One] = {}
    while len(found) < count:
        one = draw()
        found.setdefault(text_of(one), one)
    return list(found.values())


def like_length(
    draw: Callable[[], One], text_of: Callable[[One], str], unseen: Collection[str], rng: random.Random
) -> Iterator[list[One]]:
    """Yield batches of what *draw* returns, without the *unseen* texts; texts of like length go together."""
    while True:
        drawn = [one for one in (draw() for _ in range(BATCH * POOL)) if text_of(one) not in unseen]
        drawn.sort(key=lambda one: len(text_of(one)))
        pool = [drawn[first : first + BATCH] for first in range(0, len(drawn), BATCH)]
        rng.shuffle(pool)
        yield from pool


def hide(encoded: BatchEncoding, row: int, span: tuple[int, int]) -> None:
    """Hide a text's characters from attention.

    The model learns what may be missing, and leaving a word out later asks it nothing that it never met.
    """
    offsets = encoded["offset_mapping"][row]
    encoded["attention_mask"][row] *= ~((offsets[:, 0] < span[1]) & (offsets[:, 1] > span[0]))


def fit(
    model: PreTrainedModel,
    batches: Iterator[Batch],
    loss_of: Callable[[Batch], torch.Tensor],
    steps: int,
    peak_rate: float,
) -> None:
    """Train *model* in place by AdamW with one cycle of the learning rate, then leave it in evaluation mode."""
    matrices = [p for p in model.parameters() if p.ndim > 1 and p.requires_grad]
    gains = [p for p in model.parameters() if p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.02}, {"params": gains, "weight_decay": 0.0}],
        betas=(0.9, 0.98),
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, peak_rate, total_steps=steps, pct_start=0.08, cycle_momentum=False
    )
    began = time.monotonic()
    model.train()
    for step in range(steps):
        loss = loss_of(next(batches))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 99:
            print(
                f"step {step + 1} of {steps}: loss {loss.item():.3f}, {time.monotonic() - began:.0f} s",
                flush=True,
            )
    model.eval()


def report(results: Iterable[tuple[str, bool, float]], share: float = 1.0) -> None:
    """Print how many texts are right and with which probability; exit with an error unless this *share* of them is.

    Each result is a text, whether it is right, and the least probability of a right answer in it.
    """
    texts, rights, chances = zip(*results, strict=True)
    wrong = [text for text, right in zip(texts, rights, strict=True) if not right]
    for text in wrong[:20]:
        print("wrong:", repr(text))
    least = sorted(chances)
    print(
        f"{len(texts) - len(wrong)} of {len(texts)} sentences right; least probability of a right token: "
        f"median {least[len(least) // 2]:.3f}, lowest {least[0]:.3f}"
    )
    if len(wrong) > (1 - share) * len(texts):
        raise SystemExit("The model does not know its whole grammar: train longer.")
