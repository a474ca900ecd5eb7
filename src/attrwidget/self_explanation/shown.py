"""Claims in two columns, as text and as HTML."""

from __future__ import annotations

import textwrap
from html import escape
from typing import TYPE_CHECKING

from attrwidget.self_explanation.claims import FAILED, HELD, UNNAMED, UNTRIED
from attrwidget.still.sentences import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.self_explanation.claims import Claim

SAYS = "what the model says about itself"
TRIED = "what happened when we tried"
_SIGNS = {HELD: "✓", FAILED: "✗", UNNAMED: "!", UNTRIED: "·"}
_LONGEST = 400  # characters of a cell
_COLUMN = 46
_CELL = "text-align:left;vertical-align:top;padding:4px 12px 4px 0;white-space:normal;overflow-wrap:anywhere"


def to_text(summary: Sequence[str], claims: Sequence[Claim], note: str) -> str:
    """Return the claims in two columns for a terminal."""
    rows = [(SAYS.capitalize(), TRIED.capitalize(), "")]
    rows += [
        (_cell(claim.said), _cell(claim.tried), f"{_SIGNS[claim.mark]} {claim.mark}") for claim in claims
    ]
    lines = [_one_line(line) for line in summary]
    for says, tried, mark in rows:
        left, right = (textwrap.wrap(text, _COLUMN) or [""] for text in (says, tried))
        for i in range(max(len(left), len(right))):
            cells = (*(side[i] if i < len(side) else "" for side in (left, right)), mark if i == 0 else "")
            lines.append(f"{cells[0]:<{_COLUMN}}  {cells[1]:<{_COLUMN}}  {cells[2]}".rstrip())
    return "\n".join([*lines, note])


def to_html(summary: Sequence[str], claims: Sequence[Claim], note: str) -> str:
    """Return the claims in two columns as HTML without script; everything that a model wrote is escaped."""
    head = "".join(
        f'<th scope="col" style="{_CELL}">{escape(text.capitalize())}</th>' for text in (SAYS, TRIED, "mark")
    )
    rows = "".join(
        f'<tr><td dir="auto" style="{_CELL}">{escape(_cell(claim.said))}</td>'
        f'<td dir="auto" style="{_CELL}">{escape(_cell(claim.tried))}</td>'
        f'<td style="{_CELL}">{_SIGNS[claim.mark]} {escape(claim.mark)}</td></tr>'
        for claim in claims
    )
    lines = "".join(f"<p>{escape(_one_line(line))}</p>" for line in summary)
    return (
        f'<div style="max-width:60em">{lines}<table style="border-collapse:collapse"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table><p><i>{escape(note)}</i></p></div>"
    )


def _cell(text: str) -> str:
    line = _one_line(text)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))
