"""Record the numbers of an exported page: attention and what heads give as small integers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.page.packing import given_meta
from attrwidget.results.recorded import head_chunks, seen_before

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.results.given import Given

_PAIRS_BYTES = 200_000  # what each head gives from each input is carried where it takes no more
_SECOND = 1535  # stands for a row's largest weight, where the others are shares of the next
_TOP_BYTES = 200  # of the sinks and top heads of a step, as JSON


def scores_size(reading: Reading) -> int:
    """Return the bytes that the scores of one method take in the page."""
    return _text_size(4 * reading.n_steps * reading.n_inputs)


def attention_size(reading: Reading, bits: int) -> int:
    """Return the bytes that the attention of all heads takes in the page."""
    heads = reading.n_layers * reading.n_heads
    seen = _seen(reading, reading.n_steps)
    scales = 2 if bits == 11 else 1
    return _text_size(scales * 4 * heads * reading.n_steps) + _text_size(heads * seen * -(-bits // 8))


def given_size(reading: Reading) -> int:
    """Return about how many bytes what heads give takes in the page, at most."""
    steps, heads = reading.n_steps + 1, reading.n_layers * reading.n_heads
    pairs = _pairs_size(reading) if _pairs_size(reading) <= _PAIRS_BYTES else 0
    return steps * _TOP_BYTES + _text_size(steps * (4 + heads)) + pairs


def record_given(reading: Reading, progress: Progress | None = None) -> dict[str, Any]:
    """Return what each head gives to each step and to all of them: ``heads`` in docs/protocol.md.

    *progress* is called with how many steps are done of all.
    """
    steps: list[dict[str, Any]] = []
    shares, pairs = [], []
    with_pairs = _pairs_size(reading) <= _PAIRS_BYTES
    for step, given in enumerate(_given(reading)):
        steps.append(given_meta(given))
        shares.append(given.heads)
        if with_pairs and step < reading.n_steps:
            pairs.append(given.pairs[:, :, : reading.seen(step)].transpose(2, 0, 1))
        if progress is not None:
            progress(min(step + 1, reading.n_steps), reading.n_steps)
    record = {"steps": steps, **_bytes_of_rows(np.stack(shares))}
    return {**record, "pairs": _bytes_of_rows(np.concatenate(pairs)) if with_pairs else None}


def _given(reading: Reading) -> Iterable[Given]:
    """Yield what heads give to each step, and then to all."""
    yield from reading.given_of_each(range(reading.n_steps))
    yield reading.given_by_heads(range(reading.n_steps))


def _bytes_of_rows(rows: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """Return *rows* ``[n, layers, heads]`` as bytes, and the greatest number of each."""
    largest = rows.max(axis=(1, 2), keepdims=True)
    data = np.rint(rows / np.where(largest > 0, largest, 1) * 255).astype("u1")
    return {"scale": largest.astype("f4"), "data": data}


def _pairs_size(reading: Reading) -> int:
    seen = _seen(reading, reading.n_steps)
    return _text_size(4 * seen) + _text_size(reading.n_layers * reading.n_heads * seen)


def record_attention(reading: Reading, bits: int, progress: Progress | None = None) -> dict[str, Any]:
    """Return the attention of all heads, quantised to *bits* 16, 11 or 8: ``attention`` in docs/protocol.md.

    Weights are read some steps at a time, so all heads are never in memory as float32. *progress* is called with
    how many steps are done of all. The error of a weight is at most half of its row's largest over ``2**bits - 1``;
    with 11 bits, half of the row's second largest over 1534, and the largest is exact.
    """
    layers, heads, steps = reading.n_layers, reading.n_heads, reading.n_steps
    scale = np.zeros((layers, heads, steps), dtype="f4")
    largest = np.zeros_like(scale)
    data = np.empty((layers, heads, _seen(reading, steps)), dtype="u1" if bits == 8 else "u2")
    for chunk, weights in head_chunks(reading, range(steps)):
        for step, weight in zip(chunk, weights, strict=True):
            start, end = _seen(reading, step), _seen(reading, step + 1)
            seen = np.maximum(np.nan_to_num(weight[:, :, : end - start]), 0)
            largest[:, :, step] = seen.max(axis=2)
            if bits == 11:
                scale[:, :, step], data[:, :, start:end] = _beside_largest(seen)
            else:
                scale[:, :, step] = largest[:, :, step]
                data[:, :, start:end] = _shares(seen, 2**bits - 1)
        if progress is not None:
            progress(chunk[-1] + 1, steps)
    record = {"layers": layers, "heads": heads, "bits": bits, "scale": scale, "data": data}
    return {**record, "largest": largest} if bits == 11 else record


def _shares(rows: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """Return *rows* as whole numbers up to *most*, which stands for the largest of each."""
    largest = rows.max(axis=-1, keepdims=True)
    return np.rint(rows / np.where(largest > 0, largest, 1) * most)


def _beside_largest(rows: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the second largest of each of *rows*, and all as shares of it but for the largest, which is ``_SECOND``.

    A sink may hold nearly all of a row: the others are told apart nevertheless.
    """
    first = rows.argmax(axis=-1)[..., None]
    others = rows.copy()
    np.put_along_axis(others, first, 0, axis=-1)
    shares = _shares(others, _SECOND - 1)
    np.put_along_axis(shares, first, _SECOND, axis=-1)
    return others.max(axis=-1), shares


def _seen(reading: Reading, step: int) -> int:
    return seen_before(reading.first_step, reading.n_inputs, step)


def _text_size(size: int) -> int:
    return 5 * -(-size // 4)
