"""The five requests of a page: checked, then answered with numbers. docs/protocol.md has their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.errors import AttrWidgetError
from attrwidget.page.checks import (
    HEAD_RULES,
    NO_MODEL,
    check_bool,
    check_choice,
    check_heads,
    check_index,
    check_input,
    check_layer,
    check_method,
    check_steps,
)
from attrwidget.page.packing import float_bytes, head_summary, rows_at_once, score_map

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import BaseExplanation as Explanation
    from attrwidget.results.base import MethodInfo
    from attrwidget.results.contrast import Contrasts


class Answer(NamedTuple):
    """What is sent back: a few fields and one buffer."""

    meta: dict[str, Any]
    buffer: bytes


class Query(NamedTuple):
    """A checked request.

    ``cost`` is how many steps must first be computed. A costly one can be interrupted through its progress
    callback and begun again, as finished rows are kept.
    """

    cost: int
    answer: Callable[[Progress], Answer]


class _Selection(NamedTuple):
    method: MethodInfo
    layer: int | None
    heads: list[tuple[int, int]]
    head_rule: str


def read_query(explanation: Explanation, op: Any, args: Any) -> Query:
    """Check a request and return how to answer it; raise AttrWidgetError, a sentence, before any work."""
    if not isinstance(op, str) or op not in _OPERATIONS:
        raise AttrWidgetError(f"There is no request {str(op)[:60]!r}: ask for {', '.join(_OPERATIONS)}.")
    if not isinstance(args, Mapping):
        raise AttrWidgetError(f"The request {op} needs its arguments as an object.")
    missing = [name for name in _FIELDS[op] if name not in args]
    if missing:
        raise AttrWidgetError(f"The request {op} lacks {', '.join(missing)}.")
    return _OPERATIONS[op](explanation, args)


def _scores(explanation: Explanation, args: Mapping[str, Any]) -> Query:
    selection, steps = _selection(explanation, args), _steps(explanation, args["steps"])
    if args.get("foil") is not None:
        return _contrast(explanation, selection.method.name, steps, args["foil"])
    most = rows_at_once(explanation.n_inputs)
    if len(steps) > most:
        raise AttrWidgetError(
            f"{len(steps)} steps are too many for one answer: ask for at most {most} at once."
        )

    def answer(progress: Progress) -> Answer:
        rows = _rows(explanation, selection, steps, progress)
        meta: dict[str, Any] = {"rows": rows.shape[0], "cols": rows.shape[1]}
        notes = [explanation.note(selection.method.name, [step]) for step in steps]
        return Answer({**meta, "notes": notes} if any(notes) else meta, float_bytes(rows))

    return Query(_cost(explanation, selection, steps), answer)


def _contrast(explanation: Explanation, method: str, steps: list[int], number: Any) -> Query:
    contrasts = _contrasts(explanation)
    if method not in contrasts.description():
        raise AttrWidgetError(f"The method {method!r} has no use for a foil: leave it out.")
    if len(steps) != 1:
        raise AttrWidgetError(f"A foil is of one step: ask for that one, not for {len(steps)}.")
    foil = contrasts.find(steps[0], check_index(number, "A foil's id"))

    def answer(progress: Progress) -> Answer:
        rows = contrasts.rows(method, foil, progress)
        meta: dict[str, Any] = {"rows": 1, "cols": rows.shape[1]}
        note = contrasts.note(method, foil)
        return Answer({**meta, "notes": [note]} if note else meta, float_bytes(rows))

    return Query(0 if contrasts.has_rows(method, foil) else 1, answer)


def _foil(explanation: Explanation, args: Mapping[str, Any]) -> Query:
    contrasts, step = _contrasts(explanation), check_index(args["step"], "A step")
    if not isinstance(args["text"], str):
        raise AttrWidgetError("A foil is a text.")
    foil = contrasts.find(step, args["text"])
    return Query(0, lambda _: Answer(foil._asdict(), b""))


def _contrasts(explanation: Explanation) -> Contrasts:
    if explanation.contrasts is None:
        raise AttrWidgetError(NO_MODEL)
    return explanation.contrasts


def _column(explanation: Explanation, args: Mapping[str, Any]) -> Query:
    selection, index = _selection(explanation, args), check_input(explanation, args["input"])
    steps = range(explanation.n_steps)

    def answer(progress: Progress) -> Answer:
        column = _rows(explanation, selection, steps, progress)[:, index]
        return Answer({"rows": len(column)}, float_bytes(column))

    return Query(_cost(explanation, selection, steps), answer)


def _map(explanation: Explanation, args: Mapping[str, Any]) -> Query:
    selection, steps = _selection(explanation, args), range(explanation.n_steps)

    def answer(progress: Progress) -> Answer:
        signed = bool(selection.method.signed)
        values, pool, low, high = score_map(_rows(explanation, selection, steps, progress), signed=signed)
        rows, cols = values.shape
        meta = {"rows": rows, "cols": cols, "pool": list(pool), "low": low, "high": high, "signed": signed}
        return Answer(meta, values.tobytes())

    return Query(_cost(explanation, selection, steps), answer)


def _heads(explanation: Explanation, args: Mapping[str, Any]) -> Query:
    if not explanation.n_layers:
        raise AttrWidgetError(explanation.attention_note or "This model shows no attention.")
    steps = _steps(explanation, args["steps"])
    target = None if args["input"] is None else check_input(explanation, args["input"])
    special, first, target_too = (check_bool(args[name], name) for name in _HIDING)
    hidden = [
        i
        for i in range(explanation.n_inputs)
        if (first and i == 0)
        or (special and explanation.tokens.special[i])
        or (target_too and 0 < explanation.n_source <= i)
    ]

    def answer(progress: Progress) -> Answer:
        summary = head_summary(explanation, steps, target=target, hidden=hidden, progress=progress)
        return Answer({"rows": summary.shape[0], "cols": summary.shape[1]}, float_bytes(summary))

    return Query(0, answer)


_OPERATIONS: dict[str, Callable[[Explanation, Mapping[str, Any]], Query]] = {
    "scores": _scores,
    "column": _column,
    "map": _map,
    "heads": _heads,
    "foil": _foil,
}
_HIDING = ("hide_special", "hide_first", "hide_target")
_SELECTION = ("method", "layer", "heads", "head_rule")
_FIELDS = {
    "scores": (*_SELECTION, "steps"),
    "column": (*_SELECTION, "input"),
    "map": _SELECTION,
    "heads": ("steps", "input", *_HIDING),
    "foil": ("step", "text"),
}


def _selection(explanation: Explanation, args: Mapping[str, Any]) -> _Selection:
    method = check_method(explanation, args["method"])
    rule = check_choice(args["head_rule"], "head_rule", HEAD_RULES)
    if not method.attention:
        return _Selection(method, None, [], rule)
    heads, layer = check_heads(explanation, args["heads"]), check_layer(explanation, args["layer"])
    return _Selection(method, None if heads else layer, heads, rule)


def _steps(explanation: Explanation, value: Any) -> list[int]:
    """Steps in the order asked for, as the answer's rows are."""
    check_steps(explanation, value)
    steps = [int(s) for s in value]
    if not steps:
        raise AttrWidgetError("No steps were asked for: name at least one.")
    return steps


def _rows(
    explanation: Explanation, selection: _Selection, steps: list[int] | range, progress: Progress
) -> NDArray[np.float32]:
    return explanation.rows(
        selection.method.name,
        steps,
        layer=selection.layer,
        heads=selection.heads,
        head_rule=selection.head_rule,
        progress=progress,
    )


def _cost(explanation: Explanation, selection: _Selection, steps: list[int] | range) -> int:
    at_once = selection.method.attention or explanation.has_rows(selection.method.name, steps)
    return 0 if at_once else len(steps)
