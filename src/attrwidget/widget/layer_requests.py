"""Requests for what layers and heads do, and for a check of an explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import LENS_WORDS, check_input, is_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.page.checks import check_foil_ids
from attrwidget.page.glance import check_head, check_part, check_size
from attrwidget.page.glance import glance as pictures
from attrwidget.page.glance import head_map as picture
from attrwidget.page.packing import ANSWER_BYTES, float_bytes, given_meta, lens_table
from attrwidget.results.check import DRAWS
from attrwidget.results.experts import NO_EXPERTS, check_expert
from attrwidget.widget.query import ONE_STEP, TOO_MANY, Answer, Query, contrasts_of, steps_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.results.experts import Experts


def heads(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for what each head gives."""
    if not reading.n_layers:
        raise AttrWidgetError(reading.attention_note or "This model shows no attention.")
    steps = steps_of(reading, args["steps"])
    index = None if args["input"] is None else check_input(args["input"], reading.n_inputs)
    foil = None
    if args.get("foil") is not None:
        if len(steps) != 1:
            raise AttrWidgetError(ONE_STEP.format(len(steps)))
        foil = contrasts_of(reading).find_one(steps[0], check_foil_ids(args["foil"]))

    def answer(progress: Progress) -> Answer:
        given = reading.given_by_heads(steps, foil=foil, progress=progress)
        shares = given.heads if index is None else given.of_input(index)
        rows, cols = shares.shape
        return Answer({"rows": rows, "cols": cols, **given_meta(given, index)}, float_bytes(shares))

    return Query(0 if reading.has_given_by_heads(steps, foil) else len(steps), answer)


def glance(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for small pictures of all heads."""
    side = check_part(reading, args.get("part"))
    size = check_size(reading, args["rows"], args["cols"], side)

    def answer(progress: Progress) -> Answer:
        values, high = pictures(reading, *size, progress, side)
        shape = dict(zip(("layers", "heads", "rows", "cols"), values.shape, strict=True))
        return Answer({**shape, "high": high}, values.tobytes())

    return Query(1, answer)


def head_map(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for the picture of one head."""
    side = check_part(reading, args["part"])
    rows, cols = check_size(reading, args["rows"], args["cols"], side)
    head = check_head(reading, side, args["layer"], args["head"])
    if 4 * rows * cols > ANSWER_BYTES:
        raise AttrWidgetError(f"A picture of {rows} × {cols} is too many bytes: ask for a smaller one.")

    def answer(progress: Progress) -> Answer:
        weights = picture(reading, rows, cols, head, side, progress)
        return Answer({"rows": rows, "cols": cols}, float_bytes(weights))

    return Query(1, answer)


def query_key(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for the query of a step and the key of an input."""
    step, index, layer, head = (args[name] for name in ("step", "input", "layer", "head"))

    def answer(_progress: Progress) -> Answer:
        found = reading.query_key(step, index, layer, head, args.get("part"))
        meta = {"scale": found.scale, "weight": found.weight}
        return Answer(meta, float_bytes(np.stack([found.query, found.key])))

    return Query(0, answer)


def experts(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for the weights of all experts in the mean of some inputs."""
    found, inputs = _experts_of(reading), args["inputs"]
    if not isinstance(inputs, list) or not inputs:
        raise AttrWidgetError(f"inputs is a list of at least one input, not {short(inputs)}.")
    inputs = [check_input(index, reading.n_inputs) for index in inputs]

    def answer(_progress: Progress) -> Answer:
        return _table(found.of(inputs))

    return Query(0 if found.known else 1, answer)


def expert_inputs(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for the weights of one expert at each input."""
    found = _experts_of(reading)
    place = check_expert(found, args["layer"], args["expert"])

    def answer(_progress: Progress) -> Answer:
        return _table(found.at(*place)[None])

    return Query(0 if found.known else 1, answer)


def _experts_of(reading: Reading) -> Experts:
    if reading.experts is None:
        raise AttrWidgetError(NO_EXPERTS.format(reading.model_name))
    return reading.experts


def _table(values: NDArray[np.float32]) -> Answer:
    rows, cols = values.shape
    return Answer({"rows": rows, "cols": cols}, float_bytes(values))


def check(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request to mask inputs of a step, or of a word of several."""
    checks = reading.checks
    if checks is None:
        raise AttrWidgetError("A check needs the model, and this explanation was recorded without it.")

    def answer(progress: Progress) -> Answer:
        found = checks.run(args["steps"], args["inputs"], progress=progress)
        numbers = [found.probability, found.without, *found.others]
        places = {"steps": found.steps, "inputs": found.inputs, "lowest": found.lowest}
        meta = {name: list(at) for name, at in places.items()} | {"holds": found.holds}
        return Answer(meta, float_bytes(np.array(numbers, dtype=np.float32)))

    return Query(DRAWS, answer)


def lens(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for what each layer would have said."""
    lens, steps = reading.lens, steps_of(reading, args["steps"])
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
        raise AttrWidgetError(f"Rivals belong to one step: ask for that one, not for {len(steps)}.")
    most = max(1, ANSWER_BYTES // 8 // (lens.n_layers * (2 + 2 * top)))  # the words need room too
    if len(steps) > most:
        raise AttrWidgetError(TOO_MANY.format(len(steps), most))

    def answer(progress: Progress) -> Answer:
        read = lens.read(steps, progress)
        words, table = lens_table(read, top, lens.rivals(steps[0], ids)[None] if ids else None)
        shown = (table.shape[2] - 2 - len(ids)) // 2  # a small vocabulary has fewer words
        meta = {"layers": lens.n_layers, "top": shown, "words": words}
        return Answer(meta, float_bytes(table))

    # After the scores, what heads gave and the check, which are all asked for at the same word.
    return Query(0 if lens.has(steps) else DRAWS + len(steps), answer)
