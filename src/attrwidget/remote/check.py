"""Check inputs that scores put first: what becomes of a step when they are deleted, and when others are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.results.check import DRAWS
from attrwidget.results.live_check import LiveChecks
from attrwidget.results.masked_runs import Masked, positions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.progress import Progress
    from attrwidget.remote.trace import RemoteTrace
    from attrwidget.results.computed import ComputedReading


class RemoteChecks(LiveChecks):
    """Checks steps of one text; inputs are deleted, since a server cannot mask them."""

    def __init__(self, trace: RemoteTrace, reading: ComputedReading) -> None:
        super().__init__(reading.trace, reading)
        self._remote = trace

    @property
    def refusal(self) -> None:
        """None: every text can be checked."""
        return None

    def seconds(self) -> float:
        """Return about how long the check of a step takes, by how long the server took so far."""
        return self._remote.server.seconds_of(DRAWS + 1)

    def _probabilities(
        self, steps: range, texts: Sequence[Masked], progress: Progress
    ) -> dict[Masked, float]:
        """Return the joint probability of *steps* without the inputs of each of *texts*."""
        seen, found = self._remote.seen(steps[0]), list[float]()
        groups = [positions_of(text, seen) for text in texts]
        progress(0, len(groups))
        while len(found) < len(groups):
            found += self._remote.changed.batch(
                groups[len(found) :], lambda changed: float(np.exp(changed.log_probs[list(steps)].sum()))
            )
            progress(len(found), len(groups))
        return dict(zip(texts, found, strict=True))
