# ruff: noqa: T201
"""Train one small Llama per task until it never errs, and keep its weights: ``python -m tests.planted --train``."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from .tasks import LOOKUP, NAMES, STOP, TASKS, TWO_HOPS, UNKNOWN, VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .tasks import Example, Task

WEIGHTS = Path(__file__).parent / "weights"
_BATCH, _RATE, _HIDDEN = 64, 3e-3, 0.3


def new_model() -> LlamaForCausalLM:
    """Return the untrained model: 2 layers, 4 heads, 64 wide."""
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=64,
        bos_token_id=0,
        eos_token_id=None,
        pad_token_id=None,
    )
    return LlamaForCausalLM(config)


def tokenizer(names: Sequence[str] = NAMES, *, stops: bool = False) -> PreTrainedTokenizerFast:
    """Return a tokenizer in which each of *names* is one token; *stops* writes that of ends as a full stop."""
    numbers = {("." if stops and i == STOP else name): i for i, name in enumerate(names)}
    words = Tokenizer(models.WordLevel(numbers, unk_token=names[0]))
    return PreTrainedTokenizerFast(tokenizer_object=words, bos_token=names[0], unk_token=names[0])


def accuracy(model: LlamaForCausalLM, examples: list[Example]) -> float:
    """Return the share of the answers' tokens that *model* predicts, each after the right ones before it."""
    ids = torch.tensor([[*one.prompt, *one.answer] for one in examples])
    steps = len(examples[0].answer)
    with torch.no_grad():
        said = model(ids[:, :-1]).logits[:, -steps:].argmax(-1)
    return float((said == ids[:, -steps:]).double().mean())


def train(task: Task) -> LlamaForCausalLM:
    """Return a model that has learnt *task*; raise RuntimeError when it errs on any of 2,000 new examples."""
    torch.manual_seed(task.seed)
    rng, model, began = random.Random(task.seed), new_model(), time.monotonic()  # noqa: S311
    fit(model, task, rng, task.training_steps, _RATE)
    if task.hiding_steps:
        fit(model, task, rng, task.hiding_steps, _RATE / 3, hides=True)
    reached = accuracy(model.eval(), [task.make(rng) for _ in range(2000)])
    print(f"{task.name}: accuracy {reached:.4f} after {time.monotonic() - began:.0f} s")
    if reached < 1:
        raise RuntimeError(f"Task {task.name} was not learnt: accuracy {reached:.4f}.")
    return model


def fit(
    model: LlamaForCausalLM, task: Task, rng: random.Random, steps: int, rate: float, *, hides: bool = False
) -> None:
    """Train *model* for so many batches of *task*; *hides* masks some documents from attention."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for _ in range(steps):
        batch = [task.practise(rng) for _ in range(_BATCH)]
        ids = torch.tensor([[*one.prompt, *one.answer] for one in batch])
        mask = _hidden(batch, ids, rng) if hides else torch.ones_like(ids)
        asked = len(batch[0].answer)
        logits = model(ids[:, :-1], attention_mask=mask[:, :-1]).logits[:, -asked:]
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, -asked:].flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()


def _hidden(batch: list[Example], ids: torch.Tensor, rng: random.Random) -> torch.Tensor:
    """Return a mask that hides some documents; the words of an answer that one gave become unknown in *ids*.

    The model learns what may be missing, and does not guess what others repeat.
    """
    mask = torch.ones_like(ids)
    for row, kept, one in zip(ids, mask, batch, strict=True):
        for document in one.documents:
            if rng.random() < _HIDDEN:
                kept[list(document)] = 0
                at = [
                    len(one.prompt) + step for step, told in enumerate(one.deciding) if told == set(document)
                ]
                row[at[1:3]] = UNKNOWN
    return mask


def train_all() -> None:
    """Train every task's model and write its weights, in half precision."""
    WEIGHTS.mkdir(exist_ok=True)
    for task in (*TASKS.values(), LOOKUP, TWO_HOPS):
        weights = {name: value.half().contiguous() for name, value in train(task).state_dict().items()}
        save_file(weights, WEIGHTS / f"{task.name}.safetensors")


def trained(name: str) -> LlamaForCausalLM:
    """Return the kept model of the task called *name*, float32."""
    model = new_model()
    weights = load_file(WEIGHTS / f"{name}.safetensors")
    model.load_state_dict({key: value.float() for key, value in weights.items()})
    return model.eval()
