"""Known mistakes, each computed from the model and with a sentence of its own."""

from __future__ import annotations

import math
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.teach.expressions import Probability, Score, TopHead, TopInput, cell, chance
from attrwidget.teach.keys import Key, one_of
from attrwidget.teach.places import find_inputs, find_steps, input_name, input_pieces, step_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from attrwidget.results.base import Reading

Slip = tuple[Key, str, dict[str, object]]
"""A wrong answer, the name of its sentence, and the words that this takes."""

_OTHERS = ("saliency", "attention", "cross_attention", "input_x_gradient", "leave_one_out")
_AT_ONCE = 1.0  # seconds: another method that takes longer is not computed for a mistake


@singledispatch
def slips_of(_answer: Any, _reading: Reading) -> Iterator[Slip]:
    """Yield the mistakes that are known for an answer; one that equals the right answer is passed over later."""
    yield from ()


@slips_of.register(Score)
def _(answer: Score, reading: Reading) -> Iterator[Slip]:
    steps, inputs = find_steps(reading, answer.of), find_inputs(reading, answer.source)
    value = cell(answer.rows(reading, steps), inputs)
    if reading.method(answer.method).signed:
        yield _number(-value), "sign", {}
    if reading.method(answer.method).shares:
        yield _number(100 * value), "percent", {}
    for beside, name in _beside(reading, steps):
        yield _number(cell(answer.rows(reading, [beside]), inputs)), name, _word(reading, beside)
    rows = answer.rows(reading, steps)
    for index in (inputs[0] - 1, inputs[-1] + 1):
        if 0 <= index < reading.n_inputs:
            tokens = find_inputs(reading, index)
            yield _number(cell(rows, tokens)), "column", {"word": input_name(reading, index)}
    if answer.heads or answer.layer is not None:
        yield _number(cell(reading.rows(answer.method, steps), inputs)), "all_heads", {}
    if answer.heads and min(min(pair) for pair in answer.heads) > 0:
        before = [(layer - 1, head - 1) for layer, head in answer.heads]
        yield _number(cell(reading.rows(answer.method, steps, heads=before), inputs)), "from_zero", {}
    for name, title in _others(reading, answer.method, steps):
        yield _number(cell(reading.rows(name, steps), inputs)), "method", {"title": title}
    yield _number(chance(reading, steps)), "probability", _word(reading, steps[0])


@slips_of.register(TopInput)
def _(answer: TopInput, reading: Reading) -> Iterator[Slip]:
    steps = find_steps(reading, answer.of)
    for beside, name in _beside(reading, steps):
        yield _top(answer, reading, [beside], answer.method), name, _word(reading, beside)
    for name, title in _others(reading, answer.method, steps):
        yield _top(answer, reading, steps, name), "method", {"title": title}
    order = answer.order(reading, steps, answer.method)
    if len(order) > 1:
        yield one_of("input", range(order[1].start, order[1].end)), "second", {}
    row = reading.rows(answer.method, steps).mean(axis=0)
    special = reading.tokens.special
    below = [u.start for u in order if row[u.start : u.end].sum() < 0]
    yield one_of("input", below), "unsigned", {}
    yield one_of("input", (u.start for u in input_pieces(reading) if special[u.start])), "control", {}
    if answer.source_only:
        yield one_of("input", range(reading.n_source, reading.n_inputs)), "target", {}


@slips_of.register(Probability)
def _(answer: Probability, reading: Reading) -> Iterator[Slip]:
    steps = find_steps(reading, answer.of)
    value = chance(reading, steps)
    yield _number(100 * value), "percent", {}
    for beside, name in _beside(reading, steps):
        yield _number(chance(reading, [beside])), name, _word(reading, beside)
    if value > 0:
        yield _number(math.log(value)), "log", {}
        yield _number(-math.log(value)), "log", {}


@slips_of.register(TopHead)
def _(answer: TopHead, reading: Reading) -> Iterator[Slip]:
    steps = find_steps(reading, answer.of)
    best, *others = answer.order(reading, steps)
    layer, head = best.split(",")
    if others:
        yield one_of("head", others[:1]), "second", {}
    yield one_of("head", [f"{head},{layer}"]), "swapped", {}
    for beside, name in _beside(reading, steps):
        try:
            yield one_of("head", answer.order(reading, [beside])[:1]), name, _word(reading, beside)
        except AttrWidgetError:
            continue


def _number(value: float) -> Key:
    return Key("number", value)


def _word(reading: Reading, step: int) -> dict[str, object]:
    return {"word": step_name(reading, step)}


def _beside(reading: Reading, steps: list[int]) -> Iterator[tuple[int, str]]:
    """Yield the steps after and before *steps*, with the name of the sentence on each."""
    if steps[-1] + 1 < reading.n_steps:
        yield steps[-1] + 1, "next_row"
    if steps[0] > 0:
        yield steps[0] - 1, "last_row"


def _others(reading: Reading, method: str, steps: list[int]) -> Iterator[tuple[str, str]]:
    """Yield the names and titles of other methods that are computed at once."""
    for info in reading.methods():
        if info.name == method or info.name not in _OTHERS:
            continue
        seconds = reading.seconds(info.name, steps)
        if reading.has_rows(info.name, steps) or (seconds is not None and seconds < _AT_ONCE):
            yield info.name, info.title


def _top(answer: TopInput, reading: Reading, steps: list[int], method: str) -> Key:
    """Return the input with the largest score of other steps, or by another method; nothing where none has a score."""
    try:
        best = answer.order(reading, steps, method)[0]
    except AttrWidgetError:
        return one_of("input", ())
    return one_of("input", range(best.start, best.end))
