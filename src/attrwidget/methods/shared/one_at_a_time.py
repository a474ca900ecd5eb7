"""What methods share that take away one input after another and look at every step each time."""

from __future__ import annotations

import threading
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.registry import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch

    from attrwidget.engine.perturb import Perturber
    from attrwidget.engine.trace import Trace
    from attrwidget.methods.registry import Rows
    from attrwidget.methods.request.units import Unit


class LeftOut:
    """Scores of every step as units of inputs are left out one by one, the first first: early steps finish early.

    *read* turns what the *perturber* gives, ``[steps, …]``, into a tensor of as many rows on the CPU, and *compare*
    those of the whole text and of a changed one into scores ``[steps]``. A unit's score is shared evenly by those of
    its inputs that the step sees, so that a row adds up to the scores of units; inputs of no unit have none, nor has
    a step before which a unit is all there is.
    """

    def __init__(
        self,
        trace: Trace,
        units: Sequence[Unit],
        perturber: Perturber,
        read: Callable[[torch.Tensor], torch.Tensor],
        compare: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    ) -> None:
        self.rows = np.full((trace.n_steps, trace.n_inputs), np.nan)
        self.units = sorted(units)
        self.done = 0
        self._trace = trace
        self._perturber, self._read, self._compare = perturber, read, compare
        self._whole: torch.Tensor | None = None
        self._lock = threading.Lock()

    def needed(self, step: int) -> int:
        """Return how many units must have been left out for the scores of *step*."""
        return bisect_left(self.units, (self._trace.seen(step),))

    def advance(self, stop: int) -> None:
        """Leave out a batch of the units before number *stop*."""
        with self._lock:
            if self._whole is None:
                self._whole = self._perturber.unchanged(self._read)
            units = self.units[self.done : stop]
            for changed in self._perturber.batch(units, self._read) if units else []:
                unit = np.array(self.units[self.done])
                scores = self._compare(self._whole, changed).numpy()
                for step in range(self._trace.first_to_see(unit[0]), len(scores)):
                    inside = unit[unit < self._trace.seen(step)]
                    self.rows[step, inside] = scores[step] / len(inside)
                self.done += 1
            if self.done == len(self.units):
                self._perturber.forget()


def left_out_rows(trace: Trace, key: Any, make: Callable[[], LeftOut], steps: Sequence[int]) -> Rows:
    """Yield rows as soon as all their inputs have been left out; what was begun is gone on with next time."""
    scores = trace.partial_results.setdefault(key, make())
    stop = max(map(scores.needed, steps))
    given: set[int] = set()
    while True:
        # Begun elsewhere, scores may have come further than is asked for here.
        done = scores.done
        ready = [s for s in range(trace.n_steps) if s not in given and done >= scores.needed(s)]
        if done >= stop:
            yield Progress(stop, stop)
        if ready:
            given.update(ready)
            yield ready, scores.rows[ready]
        if done >= stop:
            return
        yield Progress(done, stop)
        scores.advance(stop)
