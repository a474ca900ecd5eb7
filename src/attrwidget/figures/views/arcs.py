"""Which arcs the flow view has: from the inputs that hold most of what is shown (js/views/flow/arcs.ts)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from attrwidget.figures.values import rows_of, values_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.figures.picture import Picture
    from attrwidget.results.base import Reading

MOST = 200
"""Arcs beyond this many are left out, the weakest first."""
_MOST_HEADS = 10
_ROUNDING = 1e-6  # of a row's mass, which asks for no unit more


class Arc(NamedTuple):
    """An arc to what is explained from the unit *start*.

    Attributes:
        start: The unit.
        strength: How strong it is, 0 to 1.
        negative: It speaks against what is explained.
        head: Which of several heads it is of; None of all.
        sink: It is of an input off the scale.
    """

    start: int
    strength: float
    negative: bool = False
    head: int | None = None
    sink: bool = False


class Arcs(NamedTuple):
    """The arcs that are drawn, the strongest first, *among* so many; *heads* are those that have a hue."""

    drawn: list[Arc]
    among: int
    heads: tuple[tuple[int, int], ...]


def arcs_of(reading: Reading, picture: Picture) -> Arcs:
    """Return the arcs of what a *picture* shows: of each of its heads where they are two to ten."""
    shown, share = picture.shown, picture.shown.options["arc_share"]
    heads = shown.heads if 2 <= len(shown.heads) <= _MOST_HEADS else ()
    if heads:
        rows = [
            values_of(reading, shown, rows_of(reading, replace(shown, heads=(head,)))).compared
            for head in heads
        ]
        most = max(float(np.nanmax(np.abs(row), initial=0.0)) for row in rows)
        found = [
            Arc(u, abs(row[u]) / most, bool(row[u] < 0), head)
            for head, row in enumerate(rows)
            for u in top_mass(row, share)
        ]
        found.sort(key=lambda arc: -arc.strength)
    else:
        values = picture.compared
        found = [
            Arc(u, min(1.0, abs(values[u]) / picture.high), bool(values[u] < 0))
            for u in top_mass(values, share)
        ]
    sinks = [Arc(unit.at, 0.0, sink=True) for part in picture.parts for unit in part.units if unit.sink]
    return Arcs(found[:MOST] + sinks, len(found), heads)


def top_mass(values: NDArray[np.floating], share: float) -> list[int]:
    """Return the fewest units that hold *share* of the sum of magnitudes, the greatest first; none of zeros."""
    sizes = np.nan_to_num(np.abs(values)).astype(np.float64)
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    if not len(order):
        return []
    held = np.cumsum(sizes[order])
    count = int(np.searchsorted(held, (share - _ROUNDING) * held[-1])) + 1
    return [int(u) for u in order[: min(count, len(order))]]
