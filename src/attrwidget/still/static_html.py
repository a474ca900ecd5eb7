"""Static HTML for GitHub, nbviewer and untrusted notebooks: small, without script, readable in any theme."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from attrwidget.still.sentences import combine, heads_text, numeral, of_units, printable, sinks_of, steps_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.results.base import MethodInfo, Reading

_TEXT_BYTES = 15_000  # of at most 20 kB; the rest is the footer and the frame
_UNIT_CHARACTERS = 200
_NAMED = 5  # strongest inputs listed with their numbers
# Half-transparent: text keeps the colour of its page, and 4.5:1 against it, light or dark.
_MORE, _LESS, _UNSIGNED = "241,119,30", "31,104,188", "124,77,255"
_STRONGEST = 0.42
_ACCENT = "border:2px solid #d6336c;border-radius:4px"


def to_fallback_html(
    reading: Reading,
    method: str,
    steps: Sequence[int],
    *,
    layer: int | None = None,
    heads: Sequence[tuple[int, int]] = (),
    head_rule: str = "mean",
    span_rule: str = "mean",
) -> str:
    """Return the text of *reading* with the scores of *steps* as tints: HTML of under 20 kB without script.

    Without steps there are no tints. Other arguments are as in ``Reading.rows`` and the widget's options.
    """
    info = reading.method(method)
    values = [float("nan")] * len(reading.tokens.units)
    if len(steps):
        chosen = {"layer": layer, "heads": heads, "head_rule": head_rule} if info.attention else {}
        rows = reading.rows(method, steps, **chosen)  # type: ignore[arg-type]
        values = of_units(reading, combine(rows, span_rule))
    sinks = {u: values[u] for u in sinks_of(reading, values)}
    values = [float("nan") if u in sinks else v for u, v in enumerate(values)]
    greatest = max((abs(v) for v in values if not np.isnan(v)), default=0.0)
    high = max(greatest, reading.scale_floor(method, steps))
    named = heads_text(reading, layer, heads, head_rule)
    footer = [
        *_footer(reading, info, steps, values, greatest, span_rule, named),
        *(
            f"“{printable(reading.tokens.units[u].text.strip())}” {numeral(v, signed=info.signed)} is off the scale: a "
            "control or first token often takes much of a row whatever the text says."
            for u, v in sinks.items()
        ),
        *filter(None, [reading.warning(method, steps)]),
        "A still picture: run the cell, or trust the notebook, for the interactive one.",
    ]
    return (
        '<div style="line-height:1.8;max-width:60em">'
        + "".join(_body(reading, steps, values, high, signed=info.signed))
        + "".join(f'<div style="font-size:85%;margin-top:4px">{escape(line)}</div>' for line in footer)
        + "</div>"
    )


def _footer(  # noqa: PLR0917 - private, and called once just above
    reading: Reading,
    info: MethodInfo,
    steps: Sequence[int],
    values: Sequence[float],
    high: float,
    span_rule: str,
    heads: str,
) -> Iterator[str]:
    """Yield the lines below the text: what is explained, and the strongest inputs."""
    if not len(steps):
        return
    description = f"{info.description} of {heads}" if info.attention else info.description
    yield f"Explaining {steps_text(reading, steps, span_rule)} · {description}"
    order = [u for u in np.argsort([-abs(v) for v in values], kind="stable") if not np.isnan(values[u])]
    units = reading.tokens.units
    best = [
        f"“{printable(units[u].text.strip()[:40]) or '␣'}” {numeral(values[u], signed=info.signed, high=high)}"
        for u in order[:_NAMED]
    ]
    yield f"Most from {', '.join(best)}."


def _body(
    reading: Reading, steps: Sequence[int], values: Sequence[float], high: float, *, signed: bool
) -> Iterator[str]:
    """Yield the HTML of the text, section by section; too long a text is cut in the middle."""
    held = {reading.first_step + step for step in steps}
    units = reading.tokens.units
    spans = [
        _span(u.text, v, high, signed=signed, held=not held.isdisjoint(range(u.start, u.end)))
        for u, v in zip(units, values, strict=True)
    ]
    begin, end = _kept([len(span.encode("utf-8", "replace")) for span in spans])
    for section in reading.sections:
        inside = [i for i, u in enumerate(units) if section.start <= u.start < section.end]
        yield f'<div style="font-size:85%;opacity:0.7">{escape(section.title)}</div>'
        yield '<div dir="auto" style="white-space:pre-wrap;unicode-bidi:plaintext">'
        for i in inside:
            if i < begin or i >= end:
                yield spans[i]
            elif i == begin or i == inside[0]:
                left_out = sum(units[k].end - units[k].start for k in inside if begin <= k < end)
                yield f"<i> [… {left_out} tokens left out …] </i>"
        yield "</div>"


def _kept(sizes: Sequence[int]) -> tuple[int, int]:
    """Return ``(begin, end)`` of the units to leave out, in the middle, so that the others fit."""
    if sum(sizes) <= _TEXT_BYTES:
        return len(sizes), len(sizes)
    ends = np.cumsum(sizes)
    begin = int(np.searchsorted(ends, _TEXT_BYTES // 2))
    end = len(sizes) - int(np.searchsorted(np.cumsum(list(reversed(sizes))), _TEXT_BYTES // 2))
    return begin, end


def _span(text: str, value: float, high: float, *, signed: bool, held: bool) -> str:
    """Return the HTML of one unit."""
    text = text if len(text) <= _UNIT_CHARACTERS else text[: _UNIT_CHARACTERS - 1] + "…"
    word = text.lstrip(" ") or text
    space, shown = text[: len(text) - len(word)], escape(printable(word, keep="\n\t"))
    if held:
        return f'{space}<b style="{_ACCENT}">{shown}</b>'
    strength = 0.0 if np.isnan(value) or high == 0 else _STRONGEST * abs(value) / high
    if strength < 0.01:
        return space + shown
    color = _UNSIGNED if not signed else _MORE if value > 0 else _LESS
    mark = ";border-bottom:2px dashed" if signed and value < 0 else ""
    title = numeral(value, signed=signed, high=high)
    style = f"background-color:rgba({color},{strength:.2f}){mark}"
    return f'{space}<span style="{style}" title="{title}">{shown}</span>'
