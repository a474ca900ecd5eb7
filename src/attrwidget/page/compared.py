"""Describe a second explanation for a page that compares two: ``other`` in docs/protocol.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.page.content import content_of
from attrwidget.results.align import linked_units

if TYPE_CHECKING:
    from attrwidget.results.base import Reading


def other_of(reading: Reading, other: Reading | None, method: str | None = None) -> dict[str, Any]:
    """Return *other* as JSON with its links to *reading* and the *method* shown first; nothing without one."""
    if other is None:
        return {}
    methods = [info.name for info in other.methods()]
    shown = method or next(iter(methods), "")
    return {"content": content_of(other), "links": links_of(reading, other), "method": shown}


def links_of(reading: Reading, other: Reading) -> list[list[int]]:
    """Return the pairs of units that are the same characters, as JSON."""
    return [list(pair) for pair in linked_units(reading, other)]
