"""Remove one unit of inputs after another and compare every step with and without it."""

from __future__ import annotations

import threading
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.method import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch

    from attrwidget.engine.perturb import Perturber
    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Rows
    from attrwidget.methods.request.units import Unit


class OneAtATime:
    """Scores of every step with units removed one at a time, in text order, so that the first steps finish first.

    A unit's score is shared evenly by those of its inputs that the step sees, so that a row adds up to the scores of
    units. Scores are NaN for inputs outside all units, and for a step that sees only one unit.

    Args:
        trace: The run that is explained.
        units: Groups of inputs.
        perturber: Runs the text with a unit removed.
        read: Turns what the *perturber* gives, ``[steps, …]``, into a tensor of as many rows on the CPU.
        compare: Turns what was read of the unchanged text and of a changed one into scores ``[steps]``.
        unchanged: Holds what was read of the unchanged text, or is empty; shared by those with the same *perturber*.
    """

    def __init__(
        self,
        trace: Trace,
        units: Sequence[Unit],
        perturber: Perturber,
        read: Callable[[torch.Tensor], torch.Tensor],
        compare: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
        *,
        unchanged: list[torch.Tensor] | None = None,
    ) -> None:
        self.rows = np.full((trace.n_steps, trace.n_inputs), np.nan)
        self.units = sorted(units)
        self.done = 0
        self.trace, self.perturber, self.read = trace, perturber, read
        self._compare = compare
        self._unchanged = [] if unchanged is None else unchanged
        self._lock = threading.Lock()

    def needed(self, step: int) -> int:
        """Return how many units must have been removed before the scores of *step* are complete."""
        return bisect_left(self.units, (self.trace.seen(step),))

    def advance(self, stop: int) -> None:
        """Remove the next batch of units, none of them from number *stop* on."""
        with self._lock:
            if not self._unchanged:
                self._unchanged.append(self.perturber.unchanged(self.read))
            units = self.units[self.done : stop]
            for changed in self.perturber.batch(units, self.read) if units else []:
                self._add(changed)
            if self.done == len(self.units):
                self.perturber.forget()

    def take(self, unchanged: torch.Tensor, changed: Sequence[torch.Tensor]) -> None:
        """Take what was read of the *unchanged* text and of the *changed* ones, a text for each unit."""
        with self._lock:
            self._unchanged[:] = [unchanged]
            for one in changed[self.done :]:
                self._add(one)

    def _add(self, changed: torch.Tensor) -> None:
        unit = np.array(self.units[self.done])
        scores = np.asarray(self._compare(self._unchanged[0], changed))
        for step in range(self.trace.first_to_see(unit[0]), len(scores)):
            inside = unit[unit < self.trace.seen(step)]
            self.rows[step, inside] = scores[step] / len(inside)
        self.done += 1


def rows_one_at_a_time(trace: Trace, key: Any, make: Callable[[], OneAtATime], steps: Sequence[int]) -> Rows:
    """Yield rows once their inputs have all been removed; work that was stopped is resumed.

    Args:
        trace: The run that is explained; it keeps what is done.
        key: Equal for equal work.
        make: Called when nothing has been done yet.
        steps: The steps asked for; others that are complete come too.
    """
    scores = trace.partial_results.get(key) or trace.partial_results.setdefault(key, make())
    stop = max(map(scores.needed, steps))
    given: set[int] = set()
    while True:
        # Another caller may have taken the scores further than is asked for here.
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
