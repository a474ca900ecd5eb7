"""Sentences and short numbers for pages and terminals without the widget."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.results.base import Reading

_SINK = 0.25  # of a row, by magnitude
_JOINER = "\u200d"  # holds emoji together


def printable(text: str, keep: str = "") -> str:
    """Return *text* with control and format characters made visible, except those in *keep*.

    A character that moves the cursor or turns the direction of text becomes a picture (␛) or a number (⟨U+202E⟩).
    """
    return "".join(c if c in keep or c == _JOINER or not _hidden(c) else _picture(c) for c in text)


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _picture(character: str) -> str:
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def numeral(value: float, *, signed: bool = False, high: float = 1.0) -> str:
    """Return a short number: ".181", or signed "+.181" and "−.034"; "·" for NaN.

    What is smaller than its digits is "<.001", or "≈0" where it has a sign. *high* is the greatest magnitude shown
    beside it.
    """
    if math.isnan(value):
        return "·"
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 1000 or (high < 0.001 and size < 0.001):
        mantissa, exponent = f"{size:.1e}".split("e")
        return f"{sign}{mantissa}e{int(exponent)}".replace("e-", "e−")
    if size >= 1.0005:
        text = f"{size:.{0 if size >= 100 else 1 if size >= 10 else 2}f}"
    else:
        text = f"{size:.{3 if high >= 0.1 else 4 if high >= 0.01 else 5}f}"
    if float(text) == 0:
        return "≈0" if signed or value < 0 else f"<{text[1:-1]}1"
    return sign + (text[1:] if text.startswith("0.") else text)


def chance(p: float) -> str:
    """Return a probability, which never reads 0 or 1: no softmax gives these."""
    if math.isnan(p):
        return "·"
    return "<.001" if p < 0.0005 else ">.999" if p >= 0.9995 else numeral(p)


def _is(chance: str) -> str:
    """Return "= .750" or "> .999"."""
    return f"{chance[0]} {chance[1:]}" if chance[0] in "<>" else f"= {chance}"


def combine(rows: NDArray[np.float32], rule: str = "mean") -> NDArray[np.float32]:
    """Combine *rows* ``[steps, inputs]`` by ``"mean"`` or ``"sum"``; return float32 ``[inputs]``.

    An input after a step counts as 0; the result is NaN where every row is.
    """
    total = np.nansum(rows, axis=0, dtype=np.float64) / (len(rows) if rule == "mean" else 1)
    return np.where(np.isnan(rows).all(axis=0), np.nan, total).astype(np.float32)


def of_units(reading: Reading, row: NDArray[np.float32]) -> list[float]:
    """Return the sum of *row* over the tokens of each unit; NaN where a unit is not an input."""
    parts = [row[unit.start : unit.end] for unit in reading.tokens.units]
    return [float("nan") if np.isnan(part).all() else float(np.nansum(part)) for part in parts]


def sinks_of(reading: Reading, values: Sequence[float] | NDArray[np.floating]) -> list[int]:
    """Return the units that the colour scale leaves out; the rule is that of ``js/scores/sink.ts``."""
    sizes = np.abs(values)
    tokens, few = reading.tokens, np.isfinite(sizes).sum() < 2
    first = {0, reading.n_source}
    return [
        u
        for u, unit in enumerate(tokens.units)
        if not few
        and sizes[u] > _SINK * np.nansum(sizes)
        and (unit.start in first or all(tokens.special[unit.start : unit.end]))
    ]


def heads_text(reading: Reading, layer: int | None, heads: Sequence[tuple[int, int]], rule: str) -> str:
    """Return which attention is shown, layers and heads counted from 1: "layer 8, head 4"."""
    rule = "maximum" if rule == "max" else rule
    if len(heads) == 1:
        return f"layer {heads[0][0] + 1}, head {heads[0][1] + 1}"
    if heads:
        return f"{len(heads)} heads, their {rule}"
    if layer is not None:
        return f"layer {layer + 1}, {rule} of its {reading.n_heads} heads"
    return f"all layers, {rule} of {reading.n_layers * reading.n_heads} heads"


def steps_text(reading: Reading, steps: Sequence[int], rule: str = "mean") -> str:
    """Return what is explained: "“Washington”, token 2 of 5 · p = .992 · rank 1"."""
    count, first, (one, many) = reading.n_steps, reading.first_step, reading.step_noun
    wanted = {first + step for step in steps}
    units = [u.text for u in reading.tokens.units if wanted.intersection(range(u.start, u.end))]
    words = " ".join("".join(units).split()) or "␣"
    words = printable(words if len(words) <= 80 else words[:79] + "…")
    table = reading.steps
    if len(steps) == 1:
        step = steps[0]
        p, rank = float(table["probability"].iloc[step]), float(table["rank"].iloc[step])
        facts = [] if math.isnan(p) else [f"p {_is(chance(p))}"]
        facts += [] if math.isnan(rank) else [f"rank {rank:.0f}"]
        return " · ".join([f"“{words}”, {one} {step + 1} of {count}", *facts])
    return f"“{words}”, {len(steps)} of {count} {many}, {rule} of their rows"
