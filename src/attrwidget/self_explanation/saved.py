"""A self-explanation as the JSON that a saved file carries, and back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from attrwidget.formats.read.parts import read_flag, read_maybe_text, read_text, read_whole_number
from attrwidget.self_explanation.claims import MARKS, Claim, Left
from attrwidget.self_explanation.decision import Decision
from attrwidget.self_explanation.result import ANSWERS, SelfExplanation
from attrwidget.self_explanation.stated import Stated
from attrwidget.self_explanation.units import Units
from attrwidget.tables import Table


def read_self_explanation(document: dict[str, Any]) -> SelfExplanation:
    """Return the self-explanation in a file's *document*; a wrong one raises any of the errors of ``open_file``."""
    parts = document["self_explanation"]
    units = Units(tuple(map(read_text, _list(parts["units"]))))
    decisions = {read_text(one["text"]): _decision(one) for one in parts["decisions"]}
    whole = decisions[units.whole.strip()]
    without = tuple(decisions.get(units.without([i])) for i in range(len(units)))
    stated = parts["stated"]
    return SelfExplanation(
        Left(units, whole, without, read_text(whole.label)),
        [_claim(one, len(units)) for one in parts["claims"]],
        stated=None if stated is None else _stated(stated, len(units)),
        answers=Table([_answer(one) for one in parts["answers"]], columns=list(ANSWERS)),
        decisions=decisions,
        labels=[read_text(label) for label in _list(parts["labels"])],
        model_name=read_text(document["model"]),
    )


def _decision(entry: dict[str, Any]) -> Decision:
    return Decision(
        read_maybe_text(entry["label"]),
        {read_text(label): _number(p) for label, p in entry["probabilities"].items()},
        _number(entry["answered"]),
        read_whole_number(entry["counted"]),
        read_text(entry["example"]),
    )


def _claim(entry: dict[str, Any], count: int) -> Claim:
    mark = read_text(entry["mark"])
    units = tuple(map(read_whole_number, _list(entry["units"])))
    if mark not in MARKS or not set(units) <= set(range(count)):
        raise ValueError(f"a claim on {units} is marked {mark!r}")
    return Claim(
        read_text(entry["kind"]),
        read_text(entry["said"]),
        read_text(entry["tried"]),
        mark,
        units,
        read_whole_number(entry["samples"]),
        _number(entry["before"]),
        _number(entry["after"]),
        read_text(entry["text"]),
    )


def _answer(entry: dict[str, Any]) -> dict[str, Any]:
    texts = {name: read_text(entry[name]) for name in ("claim", "question", "answer", "note")}
    return {**texts, "finished": read_flag(entry["finished"]), "coverage": _number(entry["coverage"])}


def _stated(rows: Any, count: int) -> Stated:
    values = [[_number(value) for value in _list(row)] for row in _list(rows)]
    if not values or {len(row) for row in values} != {count}:
        raise ValueError("importances of other units")
    return Stated(np.array(values, dtype=np.float64))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")  # noqa: TRY004 - callers take one kind of error
    return value


def _number(value: Any) -> float:
    """Return a share or an importance, from -1 to 1; NaN for null."""
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1:
        raise ValueError(f"{value!r} is no number from -1 to 1")
    return float(value)
