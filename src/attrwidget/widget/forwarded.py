"""Requests that a server answers, which holds the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.results.check import DRAWS
from attrwidget.widget.query import Answer, Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.page.served import ServedReading
    from attrwidget.progress import Progress

# As they cost where the model is, as far as a page can know: what explains the word goes first.
_COSTS = {"foil": 0, "continue": 0, "edit": 0, "query_key": 0, "try": 2, "check": DRAWS, "lens": DRAWS + 1}


def forward(reading: ServedReading, op: str, args: Mapping[str, Any]) -> Query:
    """Return how the server answers a request, which it checks."""

    def answer(progress: Progress) -> Answer:
        return Answer(*reading.answer(op, args, progress))

    return Query(_cost(reading, op, args), answer, _is_at_once(reading, op, args))


def _cost(reading: ServedReading, op: str, args: Mapping[str, Any]) -> int:
    if op in ("column", "map", "context"):
        return reading.n_steps
    steps = args.get("steps")
    if op in ("scores", "heads") and isinstance(steps, list):
        return len(steps)
    return _COSTS.get(op, 1)


def _is_at_once(reading: ServedReading, op: str, args: Mapping[str, Any]) -> bool:
    """Return whether nothing must be computed: foils are found by the tokenizer, and attention is read."""
    if op not in ("scores", "column", "map") or args.get("foil") is not None:
        return op == "foil"
    return any(info.attention for info in reading.methods() if info.name == args["method"])
