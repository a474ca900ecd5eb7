"""Check and answer the requests of a page; docs/protocol.md has their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.checks import (
    HEAD_RULES,
    LENS_WORDS,
    check_choice,
    check_input,
    check_whole,
    is_whole,
    short,
)
from attrwidget.errors import AttrWidgetError
from attrwidget.page.checks import NO_MODEL, check_foil_ids, check_shown_heads, check_shown_layer, check_steps
from attrwidget.page.packing import (
    ANSWER_BYTES,
    beside_rows,
    float_bytes,
    given_meta,
    lens_table,
    rows_at_once,
    score_map,
)
from attrwidget.results.base import CHANGES_NEED_MODEL
from attrwidget.results.check import DRAWS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import MethodInfo, Reading
    from attrwidget.results.changed_words import ChangedWords
    from attrwidget.results.contrast import Contrasts


class Answer(NamedTuple):
    """Fields and one buffer to send back, and the reading to show from now on, if it is another."""

    meta: dict[str, Any]
    buffer: bytes
    reading: Reading | None = None


class Query(NamedTuple):
    """A checked request.

    Attributes:
        cost: How many steps must first be computed.
        answer: Computes the answer. An exception raised in its progress callback stops it; called again, it goes on
            from the rows that were finished.
    """

    cost: int
    answer: Callable[[Progress], Answer]


class _Selection(NamedTuple):
    method: MethodInfo
    layer: int | None
    heads: list[tuple[int, int]]
    head_rule: str


def read_query(reading: Reading, op: Any, args: Any) -> Query:
    """Check a request and return how to answer it; raise AttrWidgetError before any work."""
    if not isinstance(op, str) or op not in _OPERATIONS:
        raise AttrWidgetError(f"There is no request {str(op)[:60]!r}: ask for {', '.join(_OPERATIONS)}.")
    if not isinstance(args, Mapping):
        raise AttrWidgetError(f"The request {op} needs its arguments as an object.")
    missing = [name for name in _FIELDS[op] if name not in args]
    if missing:
        raise AttrWidgetError(f"The request {op} lacks {', '.join(missing)}.")
    return _OPERATIONS[op](reading, args)


def _scores(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for rows of scores."""
    selection, steps = _selection(reading, args), _steps(reading, args["steps"])
    if args.get("foil") is not None:
        return _contrast(reading, selection.method.name, steps, args["foil"])
    most = rows_at_once(reading.n_inputs)
    if len(steps) > most:
        raise AttrWidgetError(_TOO_MANY.format(len(steps), most))

    def answer(progress: Progress) -> Answer:
        rows = _rows(reading, selection, steps, progress)
        meta: dict[str, Any] = {"rows": rows.shape[0], "cols": rows.shape[1]}
        return Answer({**meta, **beside_rows(reading, selection.method.name, steps)}, float_bytes(rows))

    return Query(_cost(reading, selection, steps), answer)


def _contrast(reading: Reading, method: str, steps: list[int], ids: Any) -> Query:
    """Check a request for one row of contrastive scores."""
    contrasts = _contrasts(reading)
    if method not in contrasts.descriptions():
        raise AttrWidgetError(f"The method {method!r} has no use for a foil: leave it out.")
    if len(steps) != 1:
        raise AttrWidgetError(_ONE_STEP.format(len(steps)))
    foil = contrasts.find(steps[0], check_foil_ids(ids))

    def answer(progress: Progress) -> Answer:
        rows = contrasts.rows(method, foil, progress)
        meta: dict[str, Any] = {"rows": 1, "cols": rows.shape[1]}
        note = contrasts.note(method, foil)
        return Answer({**meta, "notes": [note]} if note else meta, float_bytes(rows))

    return Query(0 if contrasts.has_rows(method, foil) else 1, answer)


def _foil(reading: Reading, args: Mapping[str, Any]) -> Query:
    contrasts, step = _contrasts(reading), check_whole(args["step"], "A step")
    if not isinstance(args["text"], str):
        raise AttrWidgetError(f"A foil is a text, not {short(args['text'])}.")
    foil = contrasts.find(step, args["text"])
    return Query(0, lambda _: Answer(foil.as_json(), b""))


def _contrasts(reading: Reading) -> Contrasts:
    if reading.contrasts is None:
        raise AttrWidgetError(NO_MODEL)
    return reading.contrasts


def _column(reading: Reading, args: Mapping[str, Any]) -> Query:
    selection, index = _selection(reading, args), check_input(args["input"], reading.n_inputs)
    steps = range(reading.n_steps)

    def answer(progress: Progress) -> Answer:
        column = _rows(reading, selection, steps, progress)[:, index]
        return Answer({"rows": len(column)}, float_bytes(column))

    return Query(_cost(reading, selection, steps), answer)


def _map(reading: Reading, args: Mapping[str, Any]) -> Query:
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

    return Query(_cost(reading, selection, steps), answer)


def _heads(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for what each head gives."""
    if not reading.n_layers:
        raise AttrWidgetError(reading.attention_note or "This model shows no attention.")
    steps = _steps(reading, args["steps"])
    index = None if args["input"] is None else check_input(args["input"], reading.n_inputs)
    foil = None
    if args.get("foil") is not None:
        if len(steps) != 1:
            raise AttrWidgetError(_ONE_STEP.format(len(steps)))
        foil = _contrasts(reading).find_one(steps[0], check_foil_ids(args["foil"]))

    def answer(progress: Progress) -> Answer:
        given = reading.given_by_heads(steps, foil=foil, progress=progress)
        shares = given.heads if index is None else given.of_input(index)
        rows, cols = shares.shape
        return Answer({"rows": rows, "cols": cols, **given_meta(given, index)}, float_bytes(shares))

    return Query(0 if reading.has_given_by_heads(steps, foil) else len(steps), answer)


def _check(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request to mask inputs of a step."""
    checks = reading.checks
    if checks is None:
        raise AttrWidgetError("A check needs the model, and this explanation was recorded without it.")

    def answer(progress: Progress) -> Answer:
        found = checks.run(args["step"], args["inputs"], progress=progress)
        numbers = [found.probability, found.without, *found.others]
        meta = {"step": found.step, "inputs": list(found.inputs), "holds": found.holds}
        return Answer(meta, float_bytes(np.array(numbers, dtype=np.float32)))

    return Query(DRAWS, answer)


def _lens(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for what each layer would have said."""
    lens, steps = reading.lens, _steps(reading, args["steps"])
    if lens is None:
        raise AttrWidgetError(
            "Reading the layers needs the model, and this explanation was recorded without it."
        )
    if lens.refusal is not None:
        raise AttrWidgetError(lens.refusal)
    top = args["top"]
    if not is_whole(top) or not 1 <= top <= LENS_WORDS:
        raise AttrWidgetError(f"top is a whole number from 1 to {LENS_WORDS}, not {short(top)}.")
    ids = check_foil_ids(args["ids"]) if args.get("ids") else []
    if ids and len(steps) != 1:
        raise AttrWidgetError(f"Rivals are of one step: ask for that one, not for {len(steps)}.")
    most = max(1, ANSWER_BYTES // 8 // (lens.n_layers * (2 + 2 * top)))  # the words need room too
    if len(steps) > most:
        raise AttrWidgetError(_TOO_MANY.format(len(steps), most))

    def answer(progress: Progress) -> Answer:
        read = lens.read(steps, progress)
        words, table = lens_table(read, top, lens.rivals(steps[0], ids)[None] if ids else None)
        shown = (table.shape[2] - 2 - len(ids)) // 2  # a small vocabulary has fewer words
        meta = {"layers": lens.n_layers, "top": shown, "words": words}
        return Answer(meta, float_bytes(table))

    # After the scores, what heads gave and the check, which are all asked for at the same word.
    return Query(0 if lens.has(steps) else DRAWS + len(steps), answer)


def _continue(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request to put a foil in its place and have the model write on."""
    foil = _contrasts(reading).find(check_whole(args["step"], "A step"), check_foil_ids(args["foil"]))

    def answer(progress: Progress) -> Answer:
        return Answer({}, b"", reading.continued(foil.step, foil.ids, progress))

    return Query(0, answer)  # what was written would be lost if a cheaper request went first


def _try(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for what changed words do to a step."""
    words, changes = _changed_words(reading), _changes(args)
    edits = words.find(changes)

    def answer(_progress: Progress) -> Answer:
        found = words.tried(args["step"], edits)
        meta = {"words": [text for text, _, _ in found.words], "answer": found.answer}
        numbers = [found.nats, *(p for _, *both in found.words for p in both)]
        return Answer(meta, float_bytes(np.array(numbers, dtype=np.float32)))

    return Query(2, answer)


def _likely(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for words that are likely in a place."""
    words, place = _changed_words(reading), (args["start"], args["end"])
    return Query(1, lambda _: Answer({"words": words.likely(place)}, b""))


def _edit(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request to change words and have the model answer anew."""
    changes = _changes(args)
    _changed_words(reading).find(changes)
    return Query(0, lambda progress: Answer({}, b"", reading.edited(changes, progress)))


def _changed_words(reading: Reading) -> ChangedWords:
    if reading.changed_words is None:
        raise AttrWidgetError(CHANGES_NEED_MODEL)
    return reading.changed_words


def _changes(args: Mapping[str, Any]) -> dict[Any, Any]:
    """Return changed words by their places."""
    changes = args["changes"]
    if not isinstance(changes, list) or not all(isinstance(one, list) and len(one) == 3 for one in changes):
        raise AttrWidgetError(f"Changes are [start, end, text] each, not {short(changes)}.")
    try:
        return {(start, end): text for start, end, text in changes}
    except TypeError as error:
        raise AttrWidgetError(f"A place is two whole numbers, not {short(changes)}.") from error


def _back(reading: Reading, _args: Mapping[str, Any]) -> Query:
    """Check a request to show the answer before."""
    if reading.before is None:
        raise AttrWidgetError("There is no answer before this one.")
    return Query(0, lambda _: Answer({}, b"", reading.before))


_OPERATIONS: dict[str, Callable[[Reading, Mapping[str, Any]], Query]] = {
    "scores": _scores,
    "column": _column,
    "map": _map,
    "heads": _heads,
    "foil": _foil,
    "check": _check,
    "lens": _lens,
    "continue": _continue,
    "back": _back,
    "try": _try,
    "likely": _likely,
    "edit": _edit,
}
_TOO_MANY = "{} steps are too many for one answer: ask for at most {} at once."
_ONE_STEP = "A foil is of one step: ask for that one, not for {}."
_SELECTION = ("method", "layer", "heads", "head_rule")
_FIELDS = {
    "scores": (*_SELECTION, "steps"),
    "column": (*_SELECTION, "input"),
    "map": _SELECTION,
    "heads": ("steps", "input"),
    "foil": ("step", "text"),
    "check": ("step", "inputs"),
    "lens": ("steps", "top"),
    "continue": ("step", "foil"),
    "back": (),
    "try": ("step", "changes"),
    "likely": ("start", "end"),
    "edit": ("changes",),
}


def _selection(reading: Reading, args: Mapping[str, Any]) -> _Selection:
    method = reading.method(args["method"])
    rule = check_choice(args["head_rule"], "head_rule", HEAD_RULES)
    if not method.attention:
        return _Selection(method, None, [], rule)
    heads, layer = check_shown_heads(reading, args["heads"]), check_shown_layer(reading, args["layer"])
    return _Selection(method, None if heads else layer, heads, rule)


def _steps(reading: Reading, value: Any) -> list[int]:
    """Return steps in the order asked for, which is that of the answer's rows."""
    check_steps(reading, value)
    steps = [int(s) for s in value]
    if not steps:
        raise AttrWidgetError("No steps were asked for: name at least one.")
    return steps


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


def _cost(reading: Reading, selection: _Selection, steps: list[int] | range) -> int:
    at_once = selection.method.attention or reading.has_rows(selection.method.name, steps)
    return 0 if at_once else len(steps)
