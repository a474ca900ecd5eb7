"""Score the text with many units masked at once: coalitions of units that are kept."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.method import Progress
from attrwidget.methods.request.units import units_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.targets import Target
    from attrwidget.methods.request.units import Unit


def always_kept(trace: Trace) -> list[int]:
    """Return the inputs that are never masked: special tokens, what the trace keeps, and a first token if it must be.

    It must where the first section has no other.
    """
    special = [i for i in range(trace.n_inputs) if trace.tokens.special[i] or i in trace.always_kept]
    return special if any(i < trace.sections[0].end for i in special) else [0, *special]


class MaskedCoalitions:
    """The units of a text that can be masked from attention, in text order, without the inputs that are always kept.

    With all inputs masked there would be nothing left to attend to. A coalition is a row of booleans, True for
    each unit that is kept.

    Args:
        trace: The run that is explained; it keeps the scores of coalitions, so that stopped work is resumed.
        units: What ``units_of`` takes.
        change: What becomes of units that are not kept: ``"mask"`` or ``"delete"``, of ``Perturber``.
    """

    def __init__(self, trace: Trace, units: Any, change: str = "mask") -> None:
        kept = set(always_kept(trace))
        maskable = (tuple(i for i in unit if i not in kept) for unit in units_of(trace, units))
        self.units: list[Unit] = sorted(unit for unit in maskable if unit)
        self._trace, self._change = trace, change

    def count(self, step: int) -> int:
        """Return how many units *step* sees, counted from the first."""
        return sum(unit[0] < self._trace.seen(step) for unit in self.units)

    def draws(self, samples: int, seed: int) -> NDArray[np.float64]:
        """Return uniform random numbers ``[samples, units]``; those of a unit do not depend on later units."""
        columns = [np.random.default_rng([seed, unit[0]]).random(samples) for unit in self.units]
        return np.stack(columns, axis=1) if columns else np.empty((samples, 0))

    def score_all(
        self, keep: NDArray[np.bool_], target: Target
    ) -> Generator[Progress, None, NDArray[np.float64]]:
        """Score every step for the coalitions *keep* ``[b, units]``: yield progress, return ``[b, n_steps]``."""
        parts: list[NDArray[np.float64]] = []
        for part in self._batches(keep, target):
            parts.append(part)
            yield Progress(sum(map(len, parts)), len(keep))
        return np.concatenate(parts)

    def _batches(self, keep: NDArray[np.bool_], target: Target) -> Iterator[NDArray[np.float64]]:
        known: dict[Unit, NDArray[np.float64]] = self._trace.partial_results.setdefault(
            ("runs", self._change, target), {}
        )
        perturber = self._trace.perturber(self._change)
        groups = self._left_out(keep)
        while groups:
            ready = list(takewhile(known.__contains__, groups))
            if ready:
                yield np.stack([known[group] for group in ready])
                groups = groups[len(ready) :]
                continue
            missing = list(dict.fromkeys(group for group in groups if group not in known))
            scores = perturber.batch(missing, target.all_steps)
            known.update(zip(missing, map(np.asarray, scores), strict=False))

    def _left_out(self, keep: NDArray[np.bool_]) -> list[Unit]:
        """Return for each row of *keep* the inputs of the units that it does not keep."""
        return [tuple(sorted(i for at in np.flatnonzero(~row) for i in self.units[at])) for row in keep]

    def score_step(self, step: int, keep: NDArray[np.bool_], target: Target) -> NDArray[np.float64]:
        """Return the scores ``[b]`` of *step* alone for the coalitions *keep* ``[b, count(step)]``."""
        seen = self._trace.seen(step)
        known: dict[Unit, float] = self._trace.partial_results.setdefault(("masked", target, step), {})
        groups = [tuple(i for i in group if i < seen) for group in self._left_out(keep)]
        missing = list(dict.fromkeys(group for group in groups if group not in known))
        perturber = self._trace.perturber("mask", step=step)
        while missing:
            found = perturber.batch(missing, target.of_step(step))
            known.update(zip(missing, (float(score) for score in found), strict=False))
            missing = missing[len(found) :]
        return np.array([known[group] for group in groups])

    def score_none_and_all(self, step: int, target: Target) -> NDArray[np.float64]:
        """Return the scores ``[2]`` of *step* with no unit kept and with every unit."""
        count = self.count(step)
        return self.score_step(step, np.array([[False] * count, [True] * count]), target)

    def row(self, step: int, values: Sequence[float] | NDArray[np.floating]) -> NDArray[np.float64]:
        """Return a row ``[n_inputs]``: the inputs of a unit that *step* sees share its value, the others are NaN."""
        row, seen = np.full(self._trace.n_inputs, np.nan), self._trace.seen(step)
        for unit, value in zip(self.units, values, strict=False):
            inside = [i for i in unit if i < seen]
            row[inside] = value / len(inside)
        return row
