"""Find how to answer the requests of a page; docs/protocol.md has their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.page.served import ServedReading
from attrwidget.widget import context_requests as contexts
from attrwidget.widget import corpus_requests as corpora
from attrwidget.widget import figure_requests as figures
from attrwidget.widget import forwarded
from attrwidget.widget import layer_requests as layers
from attrwidget.widget import rests_requests as rests
from attrwidget.widget import score_requests as scores
from attrwidget.widget import word_requests as words

if TYPE_CHECKING:
    from attrwidget.results.base import Reading
    from attrwidget.widget.query import Query

_OPERATIONS: dict[str, Callable[[Reading, Mapping[str, Any]], Query]] = {
    "scores": scores.scores,
    "column": scores.column,
    "map": scores.picture,
    "heads": layers.heads,
    "foil": scores.foil,
    "check": layers.check,
    "lens": layers.lens,
    "glance": layers.glance,
    "head_map": layers.head_map,
    "query_key": layers.query_key,
    "rests": rests.rests,
    "experts": layers.experts,
    "expert_inputs": layers.expert_inputs,
    "context": contexts.context,
    "similar": corpora.similar,
    "continue": words.write_on,
    "back": words.back,
    "try": words.try_words,
    "likely": words.likely_words,
    "edit": words.edit,
    "figure": figures.figure,
}
_FIELDS = {
    "scores": (*scores.SELECTION, "steps"),
    "column": (*scores.SELECTION, "input"),
    "map": scores.SELECTION,
    "heads": ("steps", "input"),
    "foil": ("step", "text"),
    "check": ("steps", "inputs"),
    "lens": ("steps", "top"),
    "glance": ("rows", "cols"),
    "head_map": ("part", "layer", "head", "rows", "cols"),
    "query_key": ("step", "input", "layer", "head"),
    "experts": ("inputs",),
    "expert_inputs": ("layer", "expert"),
    "rests": (),
    "context": ("context",),
    "similar": ("step", "token", "layer", "heads", "k"),
    "continue": ("step", "foil"),
    "back": (),
    "try": ("step", "changes"),
    "likely": ("start", "end"),
    "edit": ("changes",),
    "figure": ("form", "columns", "theme", "caption", "state"),
}


def read_query(reading: Reading, op: Any, args: Any) -> Query:
    """Check a request and return how to answer it; raise AttrWidgetError before any work."""
    if not isinstance(op, str) or op not in _OPERATIONS:
        raise AttrWidgetError(f"There is no request {str(op)[:60]!r}: ask for {', '.join(_OPERATIONS)}.")
    if not isinstance(args, Mapping):
        raise AttrWidgetError(f"The request {op} needs its arguments as an object.")
    missing = [name for name in _FIELDS[op] if name not in args]
    if missing:
        raise AttrWidgetError(f"The request {op} lacks {', '.join(missing)}.")
    here = op == "back" or (op == "similar" and reading.similar is not None)  # a corpus is its client's
    if isinstance(reading, ServedReading) and not here:
        return forwarded.forward(reading, op, args)
    return _OPERATIONS[op](reading, args)
