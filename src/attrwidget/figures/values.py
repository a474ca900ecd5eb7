"""The values of units as they are shown: joined, without what is hidden, and without what is off the scale."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.page.groups import answer_sentences, groups_of
from attrwidget.results.through import pass_on
from attrwidget.still.sentences import combine, sinks_of
from attrwidget.text.tokens import TextPiece

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from attrwidget.figures.shown import Shown
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading


class Values(NamedTuple):
    """The values of all units.

    Attributes:
        all: Their scores; NaN for none.
        kept: Those that are not hidden, whose share they may have been given.
        compared: Those that are on the scale, too.
        hidden: Whether each is hidden.
        sinks: The units that are off the scale.
        said: The units that are explained.
    """

    all: NDArray[np.floating]
    kept: NDArray[np.floating]
    compared: NDArray[np.floating]
    hidden: NDArray[np.bool_]
    sinks: list[int]
    said: list[int]


def values_of(reading: Reading, shown: Shown, rows: NDArray[np.float32]) -> Values:
    """Return the values of units whose *rows* are those of what is *shown*."""
    values = by_unit(reading, rows, shown, unit_rule(shown))
    sums = by_unit(reading, rows, shown)
    hidden, said = hidden_units(reading, shown.options), _said(reading, shown.steps)
    kept = without_hidden(values, hidden, shown)
    compared = kept.copy()
    own = said if 1 < len(shown.steps) < reading.n_steps else []  # a word's own parts are no news
    compared[own] = np.nan
    others = np.where(np.isnan(compared), np.nan, without_hidden(sums, hidden, shown))
    sinks = [] if shown.options["scale_sink"] else sinks_of(reading, others)
    compared[sinks] = np.nan
    return Values(values, kept, compared, hidden, sinks, said)


def rows_of(reading: Reading, shown: Shown, progress: Progress | None = None) -> NDArray[np.float32]:
    """Return the scores of what is *shown*, a row for each step; those that are not known yet are computed."""
    if shown.foil is not None and reading.contrasts is not None:
        return reading.contrasts.rows(shown.method.name, shown.foil, progress)
    if not passes_on(reading, shown):
        return _direct_rows(reading, shown, shown.steps, progress)
    steps = range(max(shown.steps) + 1)
    rows = pass_on(_direct_rows(reading, shown, steps, progress), reading.first_step, steps)
    return rows[list(shown.steps)]


def passes_on(reading: Reading, shown: Shown) -> bool:
    """Return whether shares are passed on through the answer's own words."""
    read = reading.n_inputs > reading.first_step
    return bool(shown.options["through"]) and read and shown.foil is None and not shown.method.signed


def _direct_rows(
    reading: Reading, shown: Shown, steps: Sequence[int], progress: Progress | None
) -> NDArray[np.float32]:
    if not shown.method.attention:
        return reading.rows(shown.method.name, steps, progress=progress)
    return reading.rows(
        shown.method.name,
        steps,
        layer=shown.layer,
        heads=shown.heads,
        head_rule=shown.options["head_rule"],
        progress=progress,
    )


def unit_rule(shown: Shown) -> str:
    """Return how tokens become a unit; those of a character add up."""
    return str(shown.options["unit_rule"]) if shown.options["units"] != "token" else "sum"


def by_unit(
    reading: Reading, rows: NDArray[np.float32], shown: Shown, rule: str = "sum"
) -> NDArray[np.floating]:
    """Return the scores of all units for some *rows*, which are joined as what is *shown* is.

    *rule* is how tokens become a unit: their ``"sum"``, ``"mean"``, or the one of greatest magnitude (``"max"``).
    """
    row = combine(rows, shown.options["span_rule"])
    starts = [unit.start for unit in reading.tokens.units]
    padded = np.full(len(reading.tokens), np.nan)
    padded[: len(row)] = row
    known, filled = ~np.isnan(padded), np.nan_to_num(padded)
    joined = np.add.reduceat(filled, starts)
    if rule == "mean":
        joined = joined / np.maximum(1, np.add.reduceat(known.astype(int), starts))
    elif rule == "max":
        high, low = np.maximum.reduceat(filled, starts), np.minimum.reduceat(filled, starts)
        joined = np.where(high >= -low, high, low)
    return np.where(np.logical_or.reduceat(known, starts), joined, np.nan)


def in_units(reading: Reading, units: str) -> Reading:
    """Return *reading* with words, sentences or messages in the place of its units."""
    return reading if units == "token" else _divided(reading, groups_of(reading)[units])


def in_sentences(reading: Reading) -> Reading | None:
    """Return *reading* with sentences in the place of all its units; None where its answer has not several."""
    own = answer_sentences(reading) if reading.n_inputs > reading.first_step else []
    if len(own) < 2:
        return None
    starts = groups_of(reading)["sentence"]
    return _divided(reading, [*(at for at in starts if at < reading.first_step), *own])


def _divided(reading: Reading, starts: Sequence[int]) -> Reading:
    """Return *reading* with units that begin at *starts*."""
    begins = set(starts)
    joined: list[TextPiece] = []
    for piece in reading.tokens.units:
        if piece.start in begins or not joined:
            joined.append(piece)
        else:
            last = joined[-1]
            joined[-1] = TextPiece(last.start, piece.end, last.text + piece.text)
    grouped = copy(reading)
    grouped.tokens = replace(reading.tokens, units=joined)
    return grouped


def without_hidden(
    values: NDArray[np.floating], hidden: NDArray[np.bool_], shown: Shown
) -> NDArray[np.floating]:
    """Return *values* with NaN for what is hidden, whose share others may have been given."""
    kept = np.where(hidden, np.nan, values)
    if shown.options["renormalize"] and not shown.method.signed and hidden.any() and np.nansum(kept) > 0:
        kept *= np.nansum(values) / np.nansum(kept)
    return kept


def hidden_units(reading: Reading, options: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Return whether each unit is hidden."""
    units, source = reading.tokens.units, reading.n_source
    target = source if options["hide_target"] and source else len(reading.tokens)
    return np.array(
        [
            (options["hide_special"] and _special(reading, u))
            or (options["hide_first"] and u == 0)
            or unit.start >= target
            for u, unit in enumerate(units)
        ],
        dtype=bool,
    )


def _said(reading: Reading, steps: Sequence[int]) -> list[int]:
    """Return the units that *steps* wrote."""
    tokens = {reading.first_step + step for step in steps}
    return [
        u for u, unit in enumerate(reading.tokens.units) if tokens.intersection(range(unit.start, unit.end))
    ]


def _special(reading: Reading, u: int) -> bool:
    unit = reading.tokens.units[u]
    return all(reading.tokens.special[unit.start : unit.end])
