"""What a figure shows: the text with a score for each unit, what is marked, and the words of the caption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.files import public_name
from attrwidget.still.sentences import combine, heads_text, numeral, of_units, printable, sinks_of, steps_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from attrwidget.figures.shown import Shown
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.text.sections import Section

_NUMBERED = 5  # strongest units, whose numbers stand above them


class Unit(NamedTuple):
    """A unit of the text as it is drawn.

    Attributes:
        text: Its text.
        value: Its score; NaN for none.
        share: The score as a share of the greatest, from -1 to 1; 0 where it has no tint.
        said: It is explained.
        later: It comes after what is explained.
        hidden: It is hidden, and has a dashed frame.
        sink: It is off the scale, and hatched.
        number: The number above it, or "".
    """

    text: str
    value: float
    share: float = 0.0
    said: bool = False
    later: bool = False
    hidden: bool = False
    sink: bool = False
    number: str = ""


class Part(NamedTuple):
    """A section of the text: its *title*, a *note* beside it, and its units."""

    title: str
    note: str
    units: list[Unit]


@dataclass(frozen=True)
class Picture:
    """All that is drawn.

    Attributes:
        parts: The text, section by section.
        signed: Scores have a sign.
        high: The greatest magnitude, the end of the scale.
        intensity: The strength of the strongest tint, 0 to 1.
        caption: Sentences below.
        rows: The scores as they are shown, a row for each of ``shown.steps``: float32 ``[rows, inputs]``.
        shown: What this is a picture of.
    """

    parts: list[Part]
    signed: bool
    high: float
    intensity: float
    caption: list[str]
    rows: NDArray[np.float32]
    shown: Shown


def picture_of(reading: Reading, shown: Shown, progress: Progress | None = None) -> Picture:
    """Return the picture of what is *shown*; scores that are not known yet are computed."""
    rows = _rows(reading, shown, progress)
    values = np.array(of_units(reading, combine(rows, shown.options["span_rule"])))
    hidden, said = _hidden(reading, shown.options), _said(reading, shown.steps)
    kept = _without_hidden(values, hidden, shown)
    compared = kept.copy()
    compared[said if 1 < len(shown.steps) < reading.n_steps else []] = (
        np.nan
    )  # a word's own parts are no news
    sinks = [] if shown.options["scale_sink"] else sinks_of(reading, compared)
    compared[sinks] = np.nan
    shares, high = _scaled(reading, compared, shown)
    numbered = _strongest(np.where(_drawn(reading), shares, 0.0))
    labels = reading.step_noun[0] != "token" or reading.n_inputs < len(reading.tokens) - 1
    after = len(kept) if labels else said[-1] + 1
    units = [
        Unit(
            unit.text,
            float(kept[u]),
            float(shares[u]),
            said=u in said,
            later=u >= after,
            hidden=bool(hidden[u]),
            sink=u in sinks,
            number=numeral(kept[u], signed=shown.method.signed, high=high) if u in numbered else "",
        )
        for u, unit in enumerate(reading.tokens.units)
    ]
    caption = [*_caption(reading, shown), *_marks(reading, shown, values, hidden, units)]
    parts = _parts(reading, units, signed=shown.method.signed)
    return Picture(parts, shown.method.signed, high, shown.options["intensity"], caption, rows, shown)


def _without_hidden(
    values: NDArray[np.floating], hidden: NDArray[np.bool_], shown: Shown
) -> NDArray[np.floating]:
    """Return *values* with NaN for what is hidden, whose share others may have been given."""
    kept = np.where(hidden, np.nan, values)
    if shown.options["renormalize"] and not shown.method.signed and hidden.any() and np.nansum(kept) > 0:
        kept *= np.nansum(values) / np.nansum(kept)
    return kept


def _scaled(
    reading: Reading, values: NDArray[np.floating], shown: Shown
) -> tuple[NDArray[np.floating], float]:
    """Return *values* as shares of the end of the scale, and that end; what has no value has a share of 0."""
    greatest = float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 0.0
    high = max(greatest, reading.scale_floor(shown.method.name, shown.steps))
    return (np.nan_to_num(values / high) if high > 0 else np.zeros(len(values))), high


def _marks(
    reading: Reading,
    shown: Shown,
    values: NDArray[np.floating],
    hidden: NDArray[np.bool_],
    units: Sequence[Unit],
) -> Iterator[str]:
    """Yield what the marks mean that are there."""
    for u, unit in enumerate(units):
        if unit.sink:
            hatched = " (hatched)" if _drawn(reading)[u] else ""
            yield f"“{printable(unit.text.strip())}” {numeral(unit.value)} is off the scale{hatched}"
    if hidden.any():
        sizes = np.abs(np.nan_to_num(values))
        share = sizes[hidden].sum() / sizes.sum() if sizes.sum() > 0 else 0.0
        yield f"hidden tokens (dashed) hold {100 * share:.0f} % of the row"
    if shown.method.signed:
        yield "orange: speaks for it; blue, underlined: against it"


def _rows(reading: Reading, shown: Shown, progress: Progress | None) -> NDArray[np.float32]:
    if shown.foil is not None and reading.contrasts is not None:
        return reading.contrasts.rows(shown.method.name, shown.foil, progress)
    if not shown.method.attention:
        return reading.rows(shown.method.name, shown.steps, progress=progress)
    return reading.rows(
        shown.method.name,
        shown.steps,
        layer=shown.layer,
        heads=shown.heads,
        head_rule=shown.options["head_rule"],
        progress=progress,
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


def _hidden(reading: Reading, options: Mapping[str, Any]) -> NDArray[np.bool_]:
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


def _drawn(reading: Reading) -> NDArray[np.bool_]:
    """Return whether each unit is drawn: what a chat template wrote is not."""
    spans = [section.body or (section.start, section.end) for section in reading.sections]
    return np.array([any(a <= unit.start < b for a, b in spans) for unit in reading.tokens.units], dtype=bool)


def _strongest(shares: NDArray[np.floating]) -> set[int]:
    order = np.argsort(-np.abs(shares), kind="stable")[:_NUMBERED]
    return {int(u) for u in order if abs(shares[u]) >= 0.1}


def _parts(reading: Reading, units: Sequence[Unit], *, signed: bool) -> list[Part]:
    """Return the sections with their units; what a chat template wrote around a message is a note on its title."""
    starts = [unit.start for unit in reading.tokens.units]
    parts = []
    for section in reading.sections:
        first, last = section.body or (section.start, section.end)
        body = [unit for unit, at in zip(units, starts, strict=True) if first <= at < last]
        around = [
            unit
            for unit, at in zip(units, starts, strict=True)
            if section.start <= at < section.end and not first <= at < last
        ]
        parts.append(Part(section.title, _note(section, around, signed=signed), body))
    return parts


def _note(section: Section, around: Sequence[Unit], *, signed: bool) -> str:
    """Return the words beside a title: the section's own, and what the folded template holds."""
    known = [unit.value for unit in around if not np.isnan(unit.value)]
    folded = [f"{len(around)} template tokens: {numeral(sum(known), signed=signed)}"] if known else []
    return " · ".join([*filter(None, [section.note]), *folded])


def _caption(reading: Reading, shown: Shown) -> Iterator[str]:
    """Yield model, method and what is explained."""
    options, method = shown.options, shown.method
    said = steps_text(reading, shown.steps, options["span_rule"])
    model = public_name(reading.model_name) or "a model"
    foil = f", and not “{printable(shown.foil.text.strip())}”" if shown.foil else ""
    yield f"{model} · {said}{foil}"
    heads = heads_text(reading, shown.layer, shown.heads, options["head_rule"])
    yield f"{method.title}: {method.description}{f' of {heads}' if method.attention else ''}"
    warning = reading.warning(method.name, shown.steps)
    if warning is not None:
        yield warning
