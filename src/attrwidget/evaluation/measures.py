"""Measure one order of one step's inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.evaluation.curves import aopc, area, counts_along, counts_in_bins
from attrwidget.evaluation.ranking import shuffles
from attrwidget.evaluation.result import METRICS, StepCurves
from attrwidget.results.masked_runs import MaskedRuns, masked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.live import LiveReading
    from attrwidget.results.masked_runs import Masked


class Measures:
    """Runs the masked texts that orders need, all together, and judges each order by them."""

    def __init__(
        self, reading: LiveReading, bins: Sequence[float], points: int, target_function: str
    ) -> None:
        self._seen = reading.seen
        self._bins, self._points, self._target_function = bins, points, target_function
        self._runs = MaskedRuns(reading.trace)

    def run(
        self,
        orders: Mapping[tuple[str, int], NDArray[np.intp]],
        progress: Progress,
    ) -> None:
        """Measure what *orders*, by name and step, need."""
        wanted = (
            (step, without)
            for (_, step), order in orders.items()
            for sets in self._sets(step, order).values()
            for without in sets
        )
        self._runs.measure(wanted, progress)

    def expected_texts(self, places: Mapping[int, NDArray[np.intp]], orders: int) -> dict[int, int]:
        """Return by step how many masked texts this many random *orders* of the inputs at *places* need."""
        drawn = {step: shuffles(0, step, orders, len(at)) for step, at in places.items()}
        return {
            step: len(
                {
                    text
                    for order in drawn[step]
                    for sets in self._sets(step, at[order]).values()
                    for text in sets
                }
            )
            for step, at in places.items()
        }

    def judge(self, step: int, order: NDArray[np.intp]) -> StepCurves:
        """Return the curves and measures of *order*."""
        found = {
            name: np.array([self._runs.get(step, without) for without in sets])
            for name, sets in self._sets(step, order).items()
        }
        if self._target_function == "probability":
            found = {name: np.exp(values) for name, values in found.items()}
        shares = np.array(counts_along(len(order), self._points)) / len(order)
        whole = float(found["deletion"][0])
        deletion, insertion = area(shares, found["deletion"]), area(shares, found["insertion"])
        metrics = (
            aopc(whole, found["comprehensiveness"]),
            aopc(whole, found["sufficiency"]),
            deletion,
            insertion,
            insertion - deletion,
        )
        return StepCurves(
            shares, found["deletion"], found["insertion"], dict(zip(METRICS, metrics, strict=True))
        )

    def _sets(self, step: int, order: NDArray[np.intp]) -> dict[str, list[Masked]]:
        """Return the masked inputs at each point of each measure."""
        inputs = self._seen(step)
        along, binned = counts_along(len(order), self._points), counts_in_bins(len(order), self._bins)
        return {
            "deletion": [masked(inputs, order[:k]) for k in along],
            "insertion": [masked(inputs, order[k:]) for k in along],
            "comprehensiveness": [masked(inputs, order[:k]) for k in binned],
            "sufficiency": [masked(inputs, order[k:]) for k in binned],
        }
