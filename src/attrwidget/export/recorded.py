"""Encode the numbers of an exported page: scores as float32, attention of all heads as small integers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.page.packing import float_bytes
from attrwidget.results.recorded import head_chunks, seen_before

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading


def scores_size(reading: Reading) -> int:
    """Return the bytes that the scores of one method take in the page."""
    return _base64_size(4 * reading.n_steps * reading.n_inputs)


def attention_size(reading: Reading, bits: int) -> int:
    """Return the bytes that the attention of all heads takes in the page."""
    heads = reading.n_layers * reading.n_heads
    seen = _seen(reading, reading.n_steps)
    return _base64_size(4 * heads * reading.n_steps) + _base64_size(heads * seen * bits // 8)


def encode_scores(rows: NDArray[np.float32]) -> str:
    """Return *rows* as base64 of little-endian float32."""
    return base64.b64encode(float_bytes(rows)).decode("ascii")


def record_attention(reading: Reading, bits: int, progress: Progress | None = None) -> dict[str, Any]:
    """Return the attention of all heads, quantised to *bits* 16 or 8: ``attention`` in docs/protocol.md.

    Weights are read some steps at a time, so all heads are never in memory as float32. *progress* is called with
    how many steps are done of all. The error of a weight is at most half of its row's largest over ``2**bits - 1``.
    """
    layers, heads, steps = reading.n_layers, reading.n_heads, reading.n_steps
    most = 2**bits - 1
    scale = np.zeros((layers, heads, steps), dtype="<f4")
    data = np.empty((layers, heads, _seen(reading, steps)), dtype="<u2" if bits == 16 else "u1")
    for chunk, weights in head_chunks(reading, range(steps)):
        for step, weight in zip(chunk, weights, strict=True):
            start, end = _seen(reading, step), _seen(reading, step + 1)
            seen = np.maximum(np.nan_to_num(weight[:, :, : end - start]), 0)
            largest = seen.max(axis=2, keepdims=True)
            scale[:, :, step] = largest[:, :, 0]
            data[:, :, start:end] = np.rint(seen / np.where(largest > 0, largest, 1) * most)
        if progress is not None:
            progress(chunk[-1] + 1, steps)
    return {
        "layers": layers,
        "heads": heads,
        "bits": bits,
        "scale": base64.b64encode(scale.tobytes()).decode("ascii"),
        "data": base64.b64encode(data.tobytes()).decode("ascii"),
    }


def _seen(reading: Reading, step: int) -> int:
    return seen_before(reading.first_step, reading.n_inputs, step)


def _base64_size(size: int) -> int:
    return 4 * -(-size // 3)
