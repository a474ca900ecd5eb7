"""The matrix products that exact gradients of every step take, layer by layer, and the rate of a machine."""

from __future__ import annotations

import torch

from benchmarks.saliency import VOCABULARY, seconds
from benchmarks.table import Result

NOTE = (
    "Share of the rate: the operations of the matrix products that the work takes layer by layer, by our CPU seconds, "
    "against the rate of products of 2,640 × 384 by 384 × 1,536 float32 measured in the same run, one thread. “At "
    "most” is how many times faster than the faster peer these products alone would be at the full rate. Counted are "
    "the forward pass, once (for each point of integrated gradients), and of each step, on the way back, one product "
    "for each weight of the blocks and each token up to the one explained (in the last block keys and values alone), "
    "four for the attention of each pair of tokens that see each other, and the unembedding. Not counted is all else: "
    "activations, norms, sums, softmax, what is read from memory."
)
LAYERS, WIDTH = 6, 384
_BLOCK = 12 * WIDTH**2  # weights: four for attention, eight for what follows
_KEYS = 2 * WIDTH**2  # of keys and values
_HEAD = WIDTH * VOCABULARY


def causal(prompt: int, output: int, runs: int = 1) -> float:
    """Return the operations for all steps of a causal model, run *runs* times as integrated gradients do."""
    length = prompt + output - 1
    return runs * (2 * _layers(length, length**2 / 2) + 2 * output * _HEAD + causal_backward(prompt, output))


def causal_backward(prompt: int, output: int) -> float:
    """Return the operations of the backward passes alone, for all steps of a causal model."""
    seen = range(prompt, prompt + output)
    back = sum((LAYERS - 1) * (_BLOCK * n + 2 * WIDTH * n * n) + _KEYS * n for n in seen)
    return 2.0 * (back + output * _HEAD)


def encoder_decoder(source: int, target: int) -> float:
    """Return the operations for all steps of an encoder–decoder with as many encoder as decoder layers."""
    heads = 2 * target * _HEAD
    cross = LAYERS * (_KEYS * source + _KEYS * target + 2 * WIDTH * source * target)
    forward = _layers(source, source**2) + _layers(target, target**2 / 2) + cross
    encoder = LAYERS * (_BLOCK * source + 4 * WIDTH * source**2) + LAYERS * _KEYS * source
    decoder = sum(
        (LAYERS - 1) * ((_BLOCK + _KEYS) * n + 2 * WIDTH * n * n + 4 * WIDTH * n * source) + _KEYS * n
        for n in range(1, target + 1)
    )
    return 2.0 * (forward + heads + target * encoder + decoder)


def _layers(tokens: int, pairs: float) -> float:
    """Return the products of one forward pass through all layers; *pairs* of tokens attend to each other."""
    return LAYERS * (_BLOCK * tokens + 2 * WIDTH * pairs)


def matrix_rate() -> float:
    """Return operations a second of a matrix product of the shape that a batch has in the blocks."""
    rows = 2640
    a, b = torch.randn(rows, WIDTH), torch.randn(WIDTH, 4 * WIDTH)
    out = torch.empty(rows, 4 * WIDTH)
    (taken,) = seconds(lambda: [torch.mm(a, b, out=out) for _ in range(20)])
    return 20 * 2 * rows * WIDTH * 4 * WIDTH / taken


def at_most(operations: float, ours: float, peer: float) -> Result:
    """Return a row on how near *ours* seconds come to those of the products alone, and how near any tool can come."""
    rate = matrix_rate()
    return Result(
        "(the same: share of the rate of matrix products, and what these alone would be)",
        f"{operations / ours / rate:.0%} of {rate / 1e9:.0f} GFLOP/s",
        "",
        f"at most {peer * rate / operations:.1f} times",
    )
