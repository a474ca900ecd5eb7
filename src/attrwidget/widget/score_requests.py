"""Requests for scores: of steps, of an input, of all, and against a foil."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.checks import HEAD_RULES, check_choice, check_input, check_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.page.checks import check_foil_ids, check_shown_heads, check_shown_layer
from attrwidget.page.packing import beside_rows, float_bytes, rows_at_once, score_map
from attrwidget.widget.query import ONE_STEP, TOO_MANY, Answer, Query, contrasts_of, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import MethodInfo, Reading

SELECTION = ("method", "layer", "heads", "head_rule")


class _Selection(NamedTuple):
    method: MethodInfo
    layer: int | None
    heads: list[tuple[int, int]]
    head_rule: str


def scores(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for rows of scores."""
    selection, steps = _selection(reading, args), steps_of(reading, args["steps"])
    if args.get("foil") is not None:
        return _contrast(reading, selection.method.name, steps, args["foil"])
    if args.get("joined") is True:
        return _joined(reading, selection.method, steps)
    most = rows_at_once(reading.n_inputs)
    if len(steps) > most:
        raise AttrWidgetError(TOO_MANY.format(len(steps), most))

    def answer(progress: Progress) -> Answer:
        rows = _rows(reading, selection, steps, progress)
        meta: dict[str, Any] = {"rows": rows.shape[0], "cols": rows.shape[1]}
        return Answer({**meta, **beside_rows(reading, selection.method.name, steps)}, float_bytes(rows))

    return _query(reading, selection, steps, answer)


def foil(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for a word as a foil."""
    contrasts, step = contrasts_of(reading), check_whole(args["step"], "A step")
    what = args["text"]
    if not isinstance(what, str | list):
        raise AttrWidgetError(f"A foil is a text or ids, not {short(what)}.")
    foil = contrasts.find(step, what if isinstance(what, str) else check_foil_ids(what))
    return Query(0, lambda _: Answer(foil.as_json(), b""))


def column(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for what an input gives to each step."""
    selection, index = _selection(reading, args), check_input(args["input"], reading.n_inputs)
    steps = range(reading.n_steps)

    def answer(progress: Progress) -> Answer:
        column = _rows(reading, selection, steps, progress)[:, index]
        return Answer({"rows": len(column)}, float_bytes(column))

    return _query(reading, selection, steps, answer)


def picture(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for the picture of all scores."""
    selection, steps = _selection(reading, args), range(reading.n_steps)

    def answer(progress: Progress) -> Answer:
        signed = bool(selection.method.signed)
        values, pool, low, high, greatest = score_map(
            _rows(reading, selection, steps, progress), signed=signed
        )
        rows, cols = values.shape
        meta = {"rows": rows, "cols": cols, "pool": list(pool), "low": low, "high": high, "signed": signed}
        meta["greatest"] = greatest
        meta["floor"] = reading.scale_floor(selection.method.name, steps)
        return Answer(meta, values.tobytes())

    return _query(reading, selection, steps, answer)


def _joined(reading: Reading, method: MethodInfo, steps: list[int]) -> Query:
    """Check a request for the sum of the rows of *steps*."""
    if not reading.joins(method.name):
        raise AttrWidgetError(f"{method.title} gives each step a row of its own: leave out joined.")
    if len(steps) < 2 or any(after != before + 1 for before, after in pairwise(steps)):
        raise AttrWidgetError("Joined steps are two or more, each after the one before.")

    def answer(progress: Progress) -> Answer:
        row = reading.joined_row(method.name, steps, progress)
        note = f"all {len(steps)} by one backward pass"
        return Answer({"rows": 1, "cols": row.shape[1], "notes": [note]}, float_bytes(row))

    return Query(1, answer)


def _contrast(reading: Reading, method: str, steps: list[int], ids: Any) -> Query:
    """Check a request for one row of contrastive scores."""
    contrasts = contrasts_of(reading)
    if method not in contrasts.descriptions():
        raise AttrWidgetError(f"The method {method!r} has no use for a foil: leave it out.")
    if len(steps) != 1:
        raise AttrWidgetError(ONE_STEP.format(len(steps)))
    foil = contrasts.find(steps[0], check_foil_ids(ids))

    def answer(progress: Progress) -> Answer:
        rows = contrasts.rows(method, foil, progress)
        meta: dict[str, Any] = {"rows": 1, "cols": rows.shape[1]}
        note = contrasts.note(method, foil)
        return Answer({**meta, "notes": [note]} if note else meta, float_bytes(rows))

    return Query(0 if contrasts.has_rows(method, foil) else 1, answer)


def _selection(reading: Reading, args: Mapping[str, Any]) -> _Selection:
    method = reading.method(args["method"])
    rule = check_choice(args["head_rule"], "head_rule", HEAD_RULES)
    if not method.attention:
        return _Selection(method, None, [], rule)
    heads, layer = check_shown_heads(reading, args["heads"]), check_shown_layer(reading, args["layer"])
    return _Selection(method, None if heads else layer, heads, rule)


def _rows(
    reading: Reading, selection: _Selection, steps: list[int] | range, progress: Progress
) -> NDArray[np.float32]:
    """Return the rows of a selection."""
    return reading.rows(
        selection.method.name,
        steps,
        layer=selection.layer,
        heads=selection.heads,
        head_rule=selection.head_rule,
        progress=progress,
    )


def _query(
    reading: Reading, selection: _Selection, steps: list[int] | range, answer: Callable[[Progress], Answer]
) -> Query:
    at_once = selection.method.attention or reading.has_rows(selection.method.name, steps)
    return Query(0 if at_once else len(steps), answer, at_once)
