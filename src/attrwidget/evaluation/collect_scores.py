"""Collect the scores to judge: of methods by name, or the caller's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods import get

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading


class Scores(NamedTuple):
    """Scores ``[n_steps, n_inputs]``, NaN where there are none, and whether they have a sign."""

    scores: NDArray[np.floating]
    signed: bool


def collect_scores(
    reading: Reading,
    methods: str | Sequence[str] | Mapping[str, Any] | None,
    steps: Sequence[int],
    progress: Progress,
) -> tuple[dict[str, Scores], list[str]]:
    """Return the rows to judge at *steps* by name, and sentences on methods left out.

    *methods*: names; a mapping from names to scores ``[n_steps, n_inputs]``; or None for all methods but those that
    another library computes; those that refuse are left out. Raises AttrWidgetError for an unknown name, a wrong
    shape, or none at all.
    """
    if isinstance(methods, Mapping) and methods:
        return {str(name): _given(reading, str(name), values) for name, values in methods.items()}, []
    own = [info.name for info in reading.methods() if get(info.name).package is None]
    wanted = own if methods is None else [methods] if isinstance(methods, str) else list(methods)
    if not wanted:
        raise AttrWidgetError("There is no method to evaluate: name one or more, or leave out methods=.")
    rows, left_out = {}, []
    for name in wanted:
        info = reading.method(name)
        try:
            found = reading.rows(name, steps, progress=progress)
        except AttrWidgetError as refusal:
            if methods is not None:
                raise
            left_out.append(f"Without {name}: {refusal}")
            continue
        scores = np.full((reading.n_steps, reading.n_inputs), np.nan)
        scores[list(steps)] = found
        rows[name] = Scores(scores, info.signed)
    return rows, left_out


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
