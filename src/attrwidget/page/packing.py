"""Pack scores as bytes: whole rows, one picture of all of them, and what each head gives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.results.base import Reading
    from attrwidget.results.given import Given
    from attrwidget.results.lens import StepLens

ANSWER_BYTES = 512 * 1024
MAP_SIDE = 1024
_NAN = 255


class ScoreMap(NamedTuple):
    """A picture of scores: uint8 ``[rows, cols]``, each the largest magnitude of a ``pool[0]`` by ``pool[1]`` block.

    Magnitudes beyond ``high``, one block in a hundred, count as ``high``; ``greatest`` is the greatest of all.
    Unsigned: ``value = high * q / 254``; signed: ``value = high * (q - 127) / 127``; 255 is NaN.
    """

    values: NDArray[np.uint8]
    pool: tuple[int, int]
    low: float
    high: float
    greatest: float


def float_bytes(values: NDArray[np.floating]) -> bytes:
    """Return *values* as little-endian float32, row by row."""
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def beside_rows(reading: Reading, method: str, steps: Sequence[int]) -> dict[str, list[Any]]:
    """Return what stands beside finished rows: ``notes`` and ``sums`` of each step, left out where there are none."""
    notes = [reading.note(method, [step]) for step in steps]
    sums = [reading.sums(method, step) for step in steps]
    beside: dict[str, list[Any]] = {
        "notes": notes,
        "sums": [None if pair is None else list(pair) for pair in sums],
    }
    return {name: values for name, values in beside.items() if any(values)}


def rows_at_once(n_inputs: int) -> int:
    """Return how many rows of scores fit one answer, at least 1."""
    return max(1, ANSWER_BYTES // 4 // max(1, n_inputs))


def pool_largest(
    values: NDArray[np.float32], side: int = MAP_SIDE
) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Return *values* ``[rows, cols]`` pooled to at most *side* each way, and the size of a block.

    Each block becomes its number of largest magnitude, sign kept; NaN where it holds nothing else.
    """
    rows, cols = values.shape
    pool = (math.ceil(rows / side) or 1, math.ceil(cols / side) or 1)
    height, width = math.ceil(rows / pool[0]), math.ceil(cols / pool[1])
    padded = np.full((height * pool[0], width * pool[1]), np.nan, dtype=np.float32)
    padded[:rows, :cols] = values
    blocks = padded.reshape(height, pool[0], width, pool[1]).swapaxes(1, 2).reshape(height, width, -1)
    magnitude = np.where(np.isnan(blocks), -1.0, np.abs(blocks))
    at = magnitude.argmax(axis=2)[:, :, None]
    return np.take_along_axis(blocks, at, axis=2)[:, :, 0], pool


def quantise(values: NDArray[np.float32], high: float, *, signed: bool) -> NDArray[np.uint8]:
    """Return *values* as bytes: 255 for NaN, else 0 to 254, which counts up from zero or, signed, has zero at 127.

    The error is at most half a step; a step is ``high / 254`` or, signed, ``high / 127``.
    """
    shares = (
        np.clip(np.nan_to_num(values.astype(np.float64)) / high, -1, 1)
        if high > 0
        else np.zeros(values.shape)
    )
    # Halves go up, as in JavaScript's Math.round, so that a live and an exported picture are the same.
    steps = np.floor(127 * shares + 0.5) + 127 if signed else np.floor(254 * np.maximum(shares, 0) + 0.5)
    return np.where(np.isnan(values), _NAN, steps).astype(np.uint8)


def score_map(values: NDArray[np.float32], *, signed: bool) -> ScoreMap:
    """Return the picture of *values*, float32 ``[rows, cols]``."""
    pooled, pool = pool_largest(values)
    finite = np.abs(pooled[np.isfinite(pooled)])
    greatest = float(finite.max()) if finite.size else 0.0
    # A few outliers, such as a sink, would leave the others a handful of the 255 values.
    high = float(np.quantile(finite, 0.99, method="higher")) if finite.size else 0.0
    high = high or greatest
    return ScoreMap(quantise(pooled, high, signed=signed), pool, -high if signed else 0.0, high, greatest)


def given_meta(given: Given, index: int | None = None) -> dict[str, Any]:
    """Return how *given* was read, its sinks and its top heads, of all inputs or of input *index*, as JSON."""
    return {
        "reading": given.reading,
        "sinks": [[i, _rounded(share)] for i, share in given.sinks.items()],
        "top": [[layer, head, _rounded(share), read] for layer, head, share, read in given.top(index=index)],
    }


def lens_table(
    read: Sequence[StepLens], top: int, rivals: NDArray[np.floating] | None = None
) -> tuple[list[str], NDArray[np.float32]]:
    """Return the words of *read*, each once, and float32 ``[steps, layers, 2 + 2·top + rivals]``.

    The numbers are the probability and rank of what was said, *top* times the index of a word and its probability, and
    then *rivals* ``[steps, layers, rivals]``.
    """
    index: dict[str, int] = {}
    parts = []
    for one in read:
        numbers = [[index.setdefault(word, len(index)) for word in words[:top]] for words in one.words]
        words = np.stack([numbers, one.probability[:, :top]], axis=2)
        parts.append(np.column_stack([one.chosen, one.rank, words.reshape(len(words), -1)]))
    table = np.stack(parts)
    return list(index), (table if rivals is None else np.concatenate([table, rivals], axis=2)).astype(
        np.float32
    )


def _rounded(share: float) -> float:
    return float(f"{share:.4g}")
