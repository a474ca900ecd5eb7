"""What a figure shows: the text with a score for each unit, what is marked, and the words of the caption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from attrwidget.figures.values import passes_on, rows_of, values_of
from attrwidget.files import public_name
from attrwidget.still.sentences import heads_text, numeral, printable, steps_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from attrwidget.figures.shown import Shown
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.text.sections import Section

_UNDERLINED = 0.03
_NUMBERED = 5  # strongest units, whose numbers stand above them


class Unit(NamedTuple):
    """A unit of the text as it is drawn.

    Attributes:
        at: Its number.
        text: Its text.
        value: Its score; NaN for none.
        share: The score as a share of the greatest, from -1 to 1; 0 where it has no tint.
        said: It is explained.
        later: It comes after what is explained.
        hidden: It is hidden, and has a dashed frame.
        sink: It is off the scale, and hatched.
        number: The number above it, or "".
    """

    at: int
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
        compared: The values of the units on the scale; NaN off it.
        shown: What this is a picture of.
    """

    parts: list[Part]
    signed: bool
    high: float
    intensity: float
    caption: list[str]
    rows: NDArray[np.float32]
    compared: NDArray[np.floating]
    shown: Shown


def picture_of(reading: Reading, shown: Shown, progress: Progress | None = None) -> Picture:
    """Return the picture of what is *shown*; scores that are not known yet are computed."""
    rows = rows_of(reading, shown, progress)
    values, kept, compared, hidden, sinks, said = values_of(reading, shown, rows)
    shares, high = _scaled(reading, compared, shown)
    numbered = _strongest(np.where(_drawn(reading), shares, 0.0))
    labels = reading.step_noun[0] != "token" or reading.n_inputs < len(reading.tokens) - 1
    after = len(kept) if labels else said[-1] + 1
    units = [
        Unit(
            u,
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
    caption = [*caption_of(reading, shown), *_marks(reading, shown, values, hidden, units)]
    parts = _parts(reading, units, signed=shown.method.signed)
    signed, intensity = shown.method.signed, shown.options["intensity"]
    return Picture(parts, signed, high, intensity, caption, rows, compared, shown)


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


def caption_of(reading: Reading, shown: Shown) -> Iterator[str]:
    """Yield model, method and what is explained."""
    said = steps_text(reading, shown.steps, shown.options["span_rule"])
    model = public_name(reading.model_name) or "a model"
    foil = f", and not “{printable(shown.foil.text.strip())}”" if shown.foil else ""
    yield f"{model} · {said}{foil}"
    yield method_text(reading, shown)
    warning = reading.warning(shown.method.name, shown.steps)
    if warning is not None:
        yield warning


def method_text(reading: Reading, shown: Shown) -> str:
    """Return the method, what its scores are and, of attention, which heads."""
    method = shown.method
    heads = heads_text(reading, shown.layer, shown.heads, shown.options["head_rule"])
    passed = ", passed on through the answer's own words" if passes_on(reading, shown) else ""
    return f"{method.title}: {method.description}{f' of {heads}' if method.attention else ''}{passed}"


def against(picture: Picture, unit: Unit) -> bool:
    """Return whether a unit speaks against what is explained, and is underlined: colour alone does not show it."""
    return picture.signed and unit.share < -_UNDERLINED
