"""Recorded numbers: the rows of one method, and the attention weights of all heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attrwidget.methods.shared.attention_weights import check_selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from attrwidget.methods import HeadSelection
    from attrwidget.progress import Progress
    from attrwidget.results.base import MethodInfo, Reading

_CHUNK_BYTES = 16 << 20


def seen_before(first_step: int, n_inputs: int, step: int) -> int:
    """Return how many inputs all steps before *step* see together: step s sees ``min(first_step + s, n_inputs)``."""
    growing = min(step, n_inputs - first_step)
    return growing * first_step + growing * (growing - 1) // 2 + (step - growing) * n_inputs


@dataclass(frozen=True)
class Recorded:
    """The recorded numbers of one method.

    Attributes:
        info: The method.
        rows: Raw scores ``[steps, inputs]``, NaN where an input has none; None when they are read from single heads.
        target_function: What the scores explain, where known.
        divided: Scores are shown as shares of their row.
        note: The footnote of all steps together.
        notes: The footnote of each step; empty without any.
        sums: As ``Reading.sums``, of each step; empty without any.
    """

    info: MethodInfo
    rows: NDArray[np.floating] | None
    target_function: str | None = None
    divided: bool = True
    note: str | None = None
    notes: tuple[str | None, ...] = ()
    sums: tuple[tuple[float, float] | None, ...] = ()


@dataclass(frozen=True)
class RecordedHeads:
    """Weights ``[seen, layers, heads]``, float32 or float16: for each step in turn, the inputs that it sees."""

    weights: NDArray[np.floating]
    first_step: int
    n_inputs: int

    @property
    def n_layers(self) -> int:
        """How many layers have attention."""
        return int(self.weights.shape[1])

    @property
    def n_heads(self) -> int:
        """How many heads each layer has."""
        return int(self.weights.shape[2])

    def of_steps(self, steps: Sequence[int]) -> NDArray[np.float32]:
        """Return float32 ``[len(steps), layers, heads, inputs]``, NaN where a token came later."""
        shape = (len(steps), self.n_layers, self.n_heads, self.n_inputs)
        weights = np.full(shape, np.nan, dtype=np.float32)
        for row, step in zip(weights, steps, strict=True):
            seen = self._seen(step)
            row[:, :, : len(seen)] = seen.transpose(1, 2, 0)
        return weights

    def combined(self, steps: Sequence[int], selection: HeadSelection) -> NDArray[np.float32]:
        """Return the selected heads combined, float32 ``[len(steps), inputs]``; none selected means all.

        Raises AttrWidgetError for layers, heads and rules that do not exist.
        """
        check_selection(selection, self.n_layers, self.n_heads)
        rows = np.full((len(steps), self.n_inputs), np.nan, dtype=np.float32)
        for row, step in zip(rows, steps, strict=True):
            seen = self._seen(step).astype(np.float32)
            if selection.heads:
                layers, heads = zip(*dict.fromkeys(selection.heads), strict=True)
                chosen = seen[:, list(layers), list(heads)]
            else:
                chosen = seen.reshape(len(seen), -1) if selection.layer is None else seen[:, selection.layer]
            row[: len(seen)] = _combined(chosen, selection.rule)
        return rows

    def _seen(self, step: int) -> NDArray[np.floating]:
        """Return ``[inputs that step sees, layers, heads]``."""
        start, end = (seen_before(self.first_step, self.n_inputs, s) for s in (step, step + 1))
        return self.weights[start:end]


def _combined(weights: NDArray[np.float32], rule: str) -> NDArray[np.float32]:
    """Combine *weights* ``[inputs, heads]`` to ``[inputs]`` by *rule*."""
    return np.asarray(getattr(np, rule)(weights, axis=1))


def pack_heads(weights: NDArray[np.floating], first_step: int) -> RecordedHeads:
    """Return *weights* ``[steps, layers, heads, inputs]`` as they are recorded."""
    seen = [step[:, :, : first_step + s].transpose(2, 0, 1) for s, step in enumerate(weights)]
    return RecordedHeads(np.concatenate(seen), first_step, weights.shape[3])


def head_chunks(reading: Reading, steps: Sequence[int]) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
    """Yield ``(steps, weights)`` of all heads, some steps at a time: float32 ``[steps, layers, heads, inputs]``."""
    each = 4 * reading.n_layers * reading.n_heads * reading.n_inputs
    size = max(1, _CHUNK_BYTES // max(1, each))
    for start in range(0, len(steps), size):
        chunk = list(steps[start : start + size])
        yield chunk, reading.head_weights(chunk)


def record_heads(reading: Reading, precision: str, progress: Progress | None = None) -> NDArray[np.floating]:
    """Return the attention of all heads of *reading*, ``[seen, layers, heads]``, read some steps at a time.

    *precision* is ``"float32"`` or ``"float16"``; *progress* is called with how many steps are done of all.
    """
    count = reading.n_steps
    total = seen_before(reading.first_step, reading.n_inputs, count)
    weights: NDArray[np.floating] = np.empty((total, reading.n_layers, reading.n_heads), dtype=precision)
    done = 0
    for steps, rows in head_chunks(reading, range(count)):
        for step, row in zip(steps, rows, strict=True):
            seen = reading.seen(step)
            weights[done : done + seen] = row[:, :, :seen].transpose(2, 0, 1)
            done += seen
        if progress is not None:
            progress(steps[-1] + 1, count)
    return weights
