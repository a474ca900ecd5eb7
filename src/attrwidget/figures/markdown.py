"""Write a figure as Markdown: strong words in bold with their numbers, and a table of the strongest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from attrwidget.still.sentences import numeral, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.figures.picture import Picture, Unit

_ROWS = 10
_COLORS, _SIGNS = "orange: speaks for it", "+ speaks for it, − against it"
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+.!|<>~$&^-])")


def to_markdown(picture: Picture, *, caption: bool) -> bytes:
    """Return the text with the numbers of its strongest words, the strongest as a table, and the caption."""
    parts = []
    for part in picture.parts:
        heading = " · ".join(filter(None, [part.title, part.note]))
        if heading:
            parts.append(f"*{_escaped(heading)}*")
        text = "".join(map(_unit, part.units)).strip()
        # Two spaces at the end of a line keep the line; an empty one would end the paragraph.
        parts.append(re.sub(r" *\n", "  \n", re.sub(r"\n\s*\n", "\n", text)))
    blocks = ["\n\n".join(filter(None, parts)), _table(picture)]
    if caption:
        blocks.append(_lines(picture.caption))
    return ("\n\n".join(blocks) + "\n").encode("utf-8", "replace")


def table_of(
    corner: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    caption: Sequence[str],
) -> bytes:
    """Return a table with the names of its *rows* and *columns*, and a *caption*."""
    head = f"| {' | '.join([corner, *map(_escaped, columns)])} |"
    rule = f"| :-- |{' --: |' * len(columns)}"
    lines = [
        f"| {' | '.join([_escaped(name), *map(_escaped, row)])} |"
        for name, row in zip(rows, cells, strict=True)
    ]
    blocks = ["\n".join([head, rule, *lines])]
    if caption:
        blocks.append(_lines(caption))
    return ("\n\n".join(blocks) + "\n").encode("utf-8", "replace")


def _lines(caption: Sequence[str]) -> str:
    """Return the *caption*, where signs stand for the colours of a drawing."""
    return "  \n".join(_escaped(_SIGNS if line.startswith(_COLORS) else line) for line in caption)


def _unit(unit: Unit) -> str:
    text = printable(unit.text, keep="\n\t")
    word = text.strip()
    if not word:
        return text
    lead, end = text[: text.index(word)], text[text.index(word) + len(word) :]
    body = _escaped(word)
    if unit.said:
        body = f"**[{body}]**"
    elif unit.hidden:
        body = f"~~{body}~~"
    elif unit.number:
        body = f"**{body}**<sup>{unit.number}</sup>"
    return f"{lead}{body}{end}"


def _table(picture: Picture) -> str:
    units = [unit for part in picture.parts for unit in part.units if not np.isnan(unit.value)]
    best = sorted(units, key=lambda unit: -abs(unit.value))[:_ROWS]
    rows = []
    for unit in best:
        name = _escaped(printable(unit.text.strip())) or "␣"
        rows.append(f"| {name} | {numeral(unit.value, signed=picture.signed, high=picture.high)} |")
    return "\n".join(["| input | score |", "| :-- | --: |", *rows])


def _escaped(text: str) -> str:
    """Return *text* with nothing in it that Markdown or HTML would read."""
    return _SPECIAL.sub(r"\\\1", text)
