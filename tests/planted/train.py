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

from .tasks import NAMES, TASKS, VOCABULARY

if TYPE_CHECKING:
    from .tasks import Example, Task

WEIGHTS = Path(__file__).parent / "weights"
_BATCH, _RATE = 64, 3e-3


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


def tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer in which every name is one token."""
    words = Tokenizer(models.WordLevel({name: i for i, name in enumerate(NAMES)}, unk_token=NAMES[0]))
    return PreTrainedTokenizerFast(tokenizer_object=words, bos_token=NAMES[0], unk_token=NAMES[0])


def accuracy(model: LlamaForCausalLM, examples: list[Example]) -> float:
    """Return the share of the answers' tokens that *model* predicts, each after the right ones before it."""
    ids = torch.tensor([[*one.prompt, *one.answer] for one in examples])
    steps = len(examples[0].answer)
    with torch.no_grad():
        said = model(ids[:, :-1]).logits[:, -steps:].argmax(-1)
    return float((said == ids[:, -steps:]).double().mean())


def train(task: Task, seed: int = 0) -> LlamaForCausalLM:
    """Return a model that has learnt *task*; raise RuntimeError when it errs on any of 2,000 new examples."""
    torch.manual_seed(seed)
    rng, model, began = random.Random(seed), new_model(), time.monotonic()  # noqa: S311
    optimizer = torch.optim.AdamW(model.parameters(), lr=_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=task.training_steps)
    for _ in range(task.training_steps):
        batch = [task.practise(rng) for _ in range(_BATCH)]
        ids = torch.tensor([[*one.prompt, *one.answer] for one in batch])
        steps = len(batch[0].answer)
        logits = model(ids[:, :-1]).logits[:, -steps:]
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, -steps:].flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    reached = accuracy(model.eval(), [task.make(rng) for _ in range(2000)])
    print(f"{task.name}: accuracy {reached:.4f} after {time.monotonic() - began:.0f} s")
    if reached < 1:
        raise RuntimeError(f"Task {task.name} was not learnt: accuracy {reached:.4f}.")
    return model


def train_all() -> None:
    """Train every task's model and write its weights, in half precision."""
    WEIGHTS.mkdir(exist_ok=True)
    for task in TASKS.values():
        weights = {name: value.half().contiguous() for name, value in train(task).state_dict().items()}
        save_file(weights, WEIGHTS / f"{task.name}.safetensors")


def trained(name: str) -> LlamaForCausalLM:
    """Return the kept model of the task called *name*, float32."""
    model = new_model()
    weights = load_file(WEIGHTS / f"{name}.safetensors")
    model.load_state_dict({key: value.float() for key, value in weights.items()})
    return model.eval()
