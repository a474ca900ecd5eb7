"""What methods share that take away many inputs at once: units that are there or gone, and the scores they leave."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.leave_one_out import scores_of
from attrwidget.methods.request.units import units_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.targets import Target
    from attrwidget.methods.request.units import Unit


def staying(trace: Trace) -> list[int]:
    """Return the inputs that always stay: special tokens, and the first where the text begins without one."""
    special = [i for i in range(trace.n_inputs) if trace.tokens.special[i]]
    return special if any(i < trace.sections[0].end for i in special) else [0, *special]


class MaskedCoalitions:
    """The *units* of *trace*'s inputs that can be masked from attention, without what always stays.

    With all inputs gone there would be nothing left to attend to.
    """

    def __init__(self, trace: Trace, units: Any) -> None:
        stays = set(staying(trace))
        left = (tuple(i for i in unit if i not in stays) for unit in units_of(trace, units))
        self.units: list[Unit] = sorted(unit for unit in left if unit)
        self._trace = trace

    def of(self, step: int) -> int:
        """Return how many players *step* sees: the first so many."""
        return sum(unit[0] < self._trace.seen(step) for unit in self.units)

    def draws(self, samples: int, seed: int) -> NDArray[np.float64]:
        """Return uniform numbers ``[samples, players]``; a player's do not depend on those after it."""
        columns = [np.random.default_rng([seed, unit[0]]).random(samples) for unit in self.units]
        return np.stack(columns, axis=1) if columns else np.empty((samples, 0))

    def runs(self, there: NDArray[np.bool_], target: Target) -> Iterator[NDArray[np.float64]]:
        """Yield the *target*'s scores ``[k, n_steps]`` batch by batch, of the masks *there* ``[b, players]``.

        What was run is kept with the trace, so that stopped work is gone on with.
        """
        known: dict[Unit, NDArray[np.float64]] = self._trace.partial_results.setdefault(("runs", target), {})
        perturber = self._trace.perturber("mask")
        groups = [tuple(sorted(i for at in np.flatnonzero(~row) for i in self.units[at])) for row in there]
        while groups:
            ready = list(takewhile(known.__contains__, groups))
            if ready:
                yield np.stack([known[group] for group in ready])
                groups = groups[len(ready) :]
                continue
            missing = list(dict.fromkeys(group for group in groups if group not in known))
            scores = perturber.batch(missing, lambda logits: scores_of(target, logits))
            known.update(zip(missing, (score.numpy() for score in scores), strict=False))

    def scores(self, step: int, there: NDArray[np.bool_], target: Target) -> NDArray[np.float64]:
        """Return scores ``[b]`` of *step* alone, of the masks *there* ``[b, of(step)]``; kept as by ``runs``."""
        import torch

        seen = self._trace.seen(step)
        masks = np.ones((len(there), seen), dtype=np.int64)
        for at in range(there.shape[1]):
            inside = [i for i in self.units[at] if i < seen]
            masks[:, inside] = there[:, at, None]
        known: dict[bytes, float] = self._trace.partial_results.setdefault(("masked", target, step), {})
        keys = [np.packbits(mask).tobytes() for mask in masks]
        missing = list({key: at for at, key in enumerate(keys) if key not in known}.values())
        size = self._trace.perturber("mask").size  # as many as fit at once
        for start in range(0, len(missing), size):
            some = missing[start : start + size]
            found = self._trace.masked_scores(step, torch.from_numpy(masks[some]), target).double()
            known.update(zip([keys[at] for at in some], found.cpu().tolist(), strict=True))
        return np.array([known[key] for key in keys])

    def spread(self, step: int, values: Sequence[float] | NDArray[np.floating]) -> NDArray[np.float64]:
        """Return a row ``[n_inputs]``, NaN but for players' inputs that *step* sees: each has its even share."""
        row, seen = np.full(self._trace.n_inputs, np.nan), self._trace.seen(step)
        for unit, value in zip(self.units, values, strict=False):
            inside = [i for i in unit if i < seen]
            row[inside] = value / len(inside)
        return row
