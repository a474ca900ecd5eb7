"""Collect the scores to judge: of methods by name, or the caller's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.progress import part_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import MethodInfo, Reading


class Scores(NamedTuple):
    """Scores ``[n_steps, n_inputs]``, NaN where there are none, and whether they have a sign."""

    scores: NDArray[np.floating]
    signed: bool


def collect_scores(
    reading: Reading,
    methods: Sequence[MethodInfo],
    steps: Sequence[int],
    progress: Progress,
    *,
    may_fail: bool,
) -> tuple[dict[str, Scores], list[str]]:
    """Return the rows of *methods* at *steps* by name, and sentences on methods left out.

    If a method *may_fail*, one that refuses this text is left out.
    """
    rows, left_out = {}, []
    for index, info in enumerate(methods):
        name, report = info.name, part_of(progress, index * len(steps), len(steps), len(methods) * len(steps))
        try:
            found = reading.rows(name, steps, progress=report)
        except AttrWidgetError as refusal:
            if not may_fail:
                raise
            left_out.append(f"Without {name}: {refusal}")
            continue
        scores = np.full((reading.n_steps, reading.n_inputs), np.nan)
        scores[list(steps)] = found
        rows[name] = Scores(scores, info.signed)
    return rows, left_out


def own_scores(reading: Reading, given: Mapping[str, Any]) -> dict[str, Scores]:
    """Return the caller's own scores ``[n_steps, n_inputs]``; raise AttrWidgetError for another shape."""
    return {str(name): _given(reading, str(name), values) for name, values in given.items()}


def _given(reading: Reading, name: str, given: Any) -> Scores:
    """Check the caller's own scores and return them."""
    if name.startswith("random"):
        raise AttrWidgetError(
            f"Scores cannot be called {name!r}, as the random orders are: take another name."
        )
    values = np.asarray(given, dtype=np.float64)
    if values.shape != (reading.n_steps, reading.n_inputs):
        raise AttrWidgetError(
            f"The scores called {name!r} are of shape {list(values.shape)}: give one row per step and one column "
            f"per input, [{reading.n_steps}, {reading.n_inputs}]."
        )
    return Scores(values, bool((np.nan_to_num(values) < 0).any()))
