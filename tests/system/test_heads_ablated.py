"""What heads gave, against ablating them in SmolLM2: the top three matter more to the logit than random ones."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from helpers.real import SMOLLM2, missing, smollm2

pytestmark = pytest.mark.skipif(missing(SMOLLM2) is not None, reason=str(missing(SMOLLM2)))

RANDOM, MOST = 20, 17
BROTHER = [
    {
        "role": "user",
        "content": "My sister Thaddea lives in Oslo and my brother Emil lives in Lima. Where does Emil live?",
    }
]
CASES: list[tuple[Any, str]] = [
    (BROTHER, "Emil lives in Lima"),
    ("The capital of Japan is", " Tokyo"),
    ("The opposite of hot is", " cold"),
]


def changes(hf: Any, ids: list[int], output: int, triples: list[list[tuple[int, int]]]) -> torch.Tensor:
    """Return how much the logit of *output*, less the mean, changes without each of *triples* at the last position."""
    layers, size = hf.model.layers, hf.config.hidden_size // hf.config.num_attention_heads
    kept = torch.ones(len(layers), 1 + len(triples), 1, hf.config.hidden_size)
    for row, heads in enumerate(triples, start=1):
        for layer, head in heads:
            kept[layer, row, :, head * size : (head + 1) * size] = 0
    with torch.no_grad():
        cache = hf(torch.tensor([ids[:-1]]), use_cache=True).past_key_values
        cache.batch_repeat_interleave(1 + len(triples))
        handles = [
            layer.self_attn.o_proj.register_forward_pre_hook(lambda _, args, keep=keep: (args[0] * keep,))
            for layer, keep in zip(layers, kept, strict=True)
        ]
        last = torch.tensor([ids[-1:]]).expand(1 + len(triples), -1)
        logits = hf(last, past_key_values=cache).logits[:, -1]
        for handle in handles:
            handle.remove()
    above = logits[:, output] - logits.mean(-1)
    return (above[1:] - above[0]).abs()


def test_the_top_heads_matter_more_than_random_ones() -> None:
    model, draw, first = smollm2(), random.Random(0), 0  # noqa: S311 - a fixed draw
    for prompt, answer in CASES:
        ex = model.explain(prompt, output=answer)
        step = ex.reading.n_steps - 1
        shares, at = ex.heads(step), ex.reading.first_step + step
        layers, heads = shares.shape
        triples = [[divmod(k, heads) for k in draw.sample(range(layers * heads), 3)] for _ in range(RANDOM)]
        top = list(shares.stack().nlargest(3).index)
        top_change, *others = changes(
            model.hf, ex.tokens.ids[:at], ex.tokens.ids[at], [top, *triples]
        ).tolist()
        first += sum(top_change > other for other in others) >= MOST
        assert shares.attrs["reading"] == "gradient"
    assert first == len(CASES), (
        f"they changed the logit more than most triples in {first} of {len(CASES)} texts"
    )
