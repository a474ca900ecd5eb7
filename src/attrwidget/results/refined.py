"""Part the scores of the strongest units among their sentences, and those of these among their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import check_choice
from attrwidget.errors import AttrWidgetError
from attrwidget.methods.request.context_units import title_of_unit
from attrwidget.methods.request.units import units_of
from attrwidget.results.by_unit import UnitScores, score_units

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from attrwidget.methods.request.units import Unit
    from attrwidget.progress import Progress
    from attrwidget.results.computed import ComputedReading

ENDS = ("sentence", "word")
STRONGEST = 2
_NOTE = (
    "{}; the sentences of the strongest {} of each sentence of the answer left out too, which part its score"
)


def refined_units(
    reading: ComputedReading,
    units: Any,
    method: str | None,
    *,
    to: str,
    options: Mapping[str, Any],
    progress: Progress | None = None,
) -> UnitScores:
    """Return the scores of units, those of the strongest parted among their sentences or words.

    Units are left out first, then the sentences of the strongest two of each sentence of the answer, then, if *to* says
    so, the words of the strongest sentence: hierarchical attribution (AttriBoT, Liu et al. 2024, arXiv:2411.15102,
    §3.2), which prunes what is weak. A part has the share of its unit's score that its own fall is of the positive
    falls of all the unit's parts, so that they add up to it.

    Returns:
        Titles are pairs: a unit's, and the words of a part, empty for a unit that is whole.
    """
    check_choice(to, "refine", ENDS)
    known = reading.definition(method)
    if not known.name.startswith("leave_one_out"):
        raise AttrWidgetError(f"refine= leaves units out, which {known.name} does not: take 'leave_one_out'.")
    whole = score_units(reading, units, known.name, options=options, progress=progress)

    def falls(spans: Sequence[Unit]) -> NDArray[np.float64]:
        pairs = [(span[0], span[-1] + 1) for span in spans]
        return score_units(reading, pairs, known.name, options=options, progress=progress).scores

    table = whole._replace(titles=[(title, "") for title in whole.titles])
    for which in ENDS[: ENDS.index(to) + 1]:
        count = STRONGEST if which == "sentence" else 1
        strongest = sorted(
            {int(at) for row in table.scores for at in np.argsort(-np.nan_to_num(row))[:count]}
        )
        parts = {at: _inside(reading, table.spans[at], which) for at in strongest}
        parts = {at: inside for at, inside in parts.items() if len(inside) > 1}
        if parts:
            table = _parted(
                reading, table, parts, falls([part for inside in parts.values() for part in inside])
            )
    note = _NOTE.format(whole.attributes["note"], STRONGEST)
    return table._replace(attributes=whole.attributes | {"refine": to, "note": note})


def _inside(reading: ComputedReading, whole: Unit, which: str) -> list[Unit]:
    """Return the sentences or words inside *whole*."""
    inside = set(whole)
    parts = (tuple(i for i in unit if i in inside) for unit in units_of(reading.trace, which))
    return [part for part in parts if part]


def _parted(
    reading: ComputedReading,
    table: UnitScores,
    parts: Mapping[int, Sequence[Unit]],
    falls: NDArray[np.float64],
) -> UnitScores:
    """Return *table* with *parts* in the place of their units; *falls* are those of all parts."""
    titles: list[tuple[str, str]] = []
    spans: list[Unit] = []
    columns: list[NDArray[np.float64]] = []
    done = 0
    for at, (title, span) in enumerate(zip(table.titles, table.spans, strict=True)):
        inside, score = parts.get(at), table.scores[:, at]
        if inside is None:
            titles, spans, columns = [*titles, title], [*spans, span], [*columns, score]
            continue
        own = np.maximum(np.nan_to_num(falls[:, done : done + len(inside)]), 0)
        done += len(inside)
        total = own.sum(1, keepdims=True)
        even = np.array([len(part) / len(span) for part in inside])
        shares = np.where(total > 0, own / np.where(total > 0, total, 1), even)
        titles += [(title[0], title_of_unit(reading.trace, part)) for part in inside]
        spans += inside
        columns += list((score[:, None] * shares).T)
    return table._replace(titles=titles, spans=spans, scores=np.stack(columns, axis=1))
