"""What methods share that take away one input after another and look at every step each time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.registry import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch

    from attrwidget.methods.registry import Rows
    from attrwidget.trace import Trace
    from attrwidget.trace.perturb import Perturber


class LeftOut:
    """Scores of every step as inputs are left out one by one, the first first: early steps finish early.

    *read* turns what the *perturber* gives, ``[rows, …]``, into a tensor of as many rows on the CPU, and *compare*
    those of the whole text and of a changed one into scores ``[rows]``. Rows are of the last steps.
    """

    def __init__(
        self,
        trace: Trace,
        perturber: Perturber,
        read: Callable[[torch.Tensor], torch.Tensor],
        compare: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    ) -> None:
        self.rows = np.full((trace.n_steps, trace.n_inputs), np.nan)
        self.done = 0
        self._first_to_see = trace.first_to_see
        self._perturber, self._read, self._compare = perturber, read, compare
        self._whole: torch.Tensor | None = None
        self._lock = threading.Lock()

    def advance(self, stop: int) -> None:
        """Leave out a batch of the inputs before *stop*."""
        with self._lock:
            if self._whole is None:
                self._whole = self._perturber.unchanged(self._read)
            inputs = range(self.done, stop)
            for changed in self._perturber.batch(inputs, self._read) if inputs else []:
                scores = self._compare(self._whole[len(self._whole) - len(changed) :], changed).numpy()
                # The first step that sees the input, or the first that is left of a text without it.
                step = max(self._first_to_see(self.done), len(self.rows) - len(scores))
                self.rows[step:, self.done] = scores[len(scores) - len(self.rows) + step :]
                self.done += 1


def left_out_rows(trace: Trace, key: Any, make: Callable[[], LeftOut], steps: Sequence[int]) -> Rows:
    """Yield rows as soon as all their inputs have been left out; what was begun is gone on with next time."""
    scores = trace.unfinished.setdefault(key, make())
    stop = max(map(trace.seen, steps))
    given: set[int] = set()
    while True:
        # Begun elsewhere, scores may have come further than is asked for here.
        done = scores.done
        ready = [s for s in range(trace.n_steps) if s not in given and done >= trace.seen(s)]
        if done >= stop:
            yield Progress(stop, stop)
        if ready:
            given.update(ready)
            yield ready, scores.rows[ready]
        if done >= stop:
            return
        yield Progress(done, stop)
        scores.advance(stop)
