"""What the sentences of an answer rest on, as JSON: ``rests`` in docs/protocol.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attrwidget.results.base import Reading


def rests_entry(reading: Reading, *, model: bool = True) -> dict[str, Any]:
    """Return the documents and tools of *reading* and the answer's sentences; nothing where there are not two."""
    rests = reading.rests
    if rests is None or not rests.units or not rests.sentences:
        return {}
    entry = {
        "units": [[unit.title, int(unit.start), int(unit.end)] for unit in rests.units],
        "sentences": [[int(one.start), int(one.end)] for one in rests.sentences],
        "seconds": float(f"{rests.seconds():.2g}"),
        "tools": [list(other) for other in rests.other_tools()] if model else [],
    }
    return {"rests": entry}


def with_falls(content: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Return *content* for an exported page, with how much each sentence falls without each document or tool."""
    if reading.rests is None or "rests" not in content:
        return content
    falls = [[float(f"{fall:.4g}") for fall in row] for row in reading.rests.falls()]
    return {**content, "rests": {**content["rests"], "falls": falls}}
