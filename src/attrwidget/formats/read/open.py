"""Read a saved explanation from the document and the arrays of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.formats.read.parts import (
    read_flag,
    read_maybe_text,
    read_numbers,
    read_text,
    read_whole_number,
)
from attrwidget.results.base import MethodInfo
from attrwidget.results.recorded import Recorded, RecordedHeads
from attrwidget.results.saved import SavedReading
from attrwidget.results.texts import Texts
from attrwidget.saved import SavedExplanation
from attrwidget.tables import Table
from attrwidget.text.sections import Section
from attrwidget.text.tokens import TextPiece, Tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


# Keys of version 1 and what they are called now.
_RENAMED = {"said": "answer_text", "called": "step_noun"}
_RENAMED_OF_METHODS = {"says": "description"}


def _renamed(entry: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in entry.items()}


def read_saved(document: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> SavedExplanation:
    """Return the explanation in a document and its arrays; a wrong one raises any of the errors of ``open_file``."""
    document = _renamed(document, _RENAMED)
    texts = read_texts(document, arrays)
    heads = None
    if "attention" in arrays:
        heads = RecordedHeads(read_numbers(arrays["attention"], 3), texts.first_step, texts.inputs)
    recorded = [_recorded(_renamed(entry, _RENAMED_OF_METHODS), arrays) for entry in document["methods"]]
    return SavedExplanation(SavedReading(**texts._asdict(), recorded=recorded, heads=heads))


def read_texts(document: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Texts:
    """Return the text and the answer in a document and its arrays."""
    first = read_whole_number(document["first_step"])
    tokens = _tokens(document, arrays)
    one, several = map(read_text, document["step_noun"])
    return Texts(
        tokens,
        first,
        _steps(document, arrays, tokens.labels[first:]),
        inputs=read_whole_number(document["inputs"]),
        sections=_sections(document),
        model_name=read_text(document["model"]),
        warnings=[read_text(sentence) for sentence in document["warnings"]],
        attention_note=read_maybe_text(document["attention_note"]),
        answer_text=read_maybe_text(document["answer_text"]),
        step_noun=(one, several),
        places=[read_whole_number(at) for at in document.get("places", ())],
    )


def _sections(document: Mapping[str, Any]) -> list[Section]:
    """Return the sections; files of older versions have neither bodies nor notes."""
    spans = _spans(document["sections"])
    none = [None] * len(spans)
    bodies, notes = document.get("section_bodies", none), document.get("section_notes", none)
    return [
        Section(*span, None if body is None else _pair(body), read_maybe_text(note))
        for span, body, note in zip(spans, bodies, notes, strict=True)
    ]


def _pair(entry: Any) -> tuple[int, int]:
    start, end = map(read_whole_number, entry)
    return start, end


def _tokens(document: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Tokens:
    ids = [read_whole_number(i) for i in arrays["ids"]]
    special = {read_whole_number(i) for i in document["special"]}
    units = [(read_text(text), start, end) for start, end, text in document["units"]]
    return Tokens(
        ids,
        [TextPiece(start, end, text) for text, start, end in _spans(units)],
        [i in special for i in range(len(ids))],
        [read_text(label) for label in document["labels"]],
    )


def _spans(entries: list[Any]) -> list[tuple[str, int, int]]:
    return [
        (read_text(text), read_whole_number(start), read_whole_number(end)) for text, start, end in entries
    ]


def _steps(document: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], labels: list[str]) -> Table:
    """Return the readings of the steps, which are called *labels*."""
    columns: dict[str, Any] = {"token": labels}
    for name in map(read_text, document["readings"]):
        columns[name] = _reading(name, arrays[f"steps.{name}"])
    columns["top"] = [[(read_text(text), _share(p)) for text, p in top] for top in document["top"]]
    table: Table = Table(columns).rename_axis("step")
    return table


def _reading(name: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return the reading *name* of each step."""
    if values.dtype.kind not in "iuf" or values.ndim != 1:
        raise ValueError(f"{name} are {values.dtype}, {list(values.shape)}")
    return values


def _share(value: Any) -> float:
    (share,) = read_numbers(np.array([value], float), 1)
    return float(share)


def _recorded(entry: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Recorded:
    """Return the method that *entry* describes."""
    source = entry.get("source")
    name, title, description = (read_text(entry[key]) for key in ("name", "title", "description"))
    signed, shares, attention = (read_flag(entry[key]) for key in ("signed", "shares", "attention"))
    info = MethodInfo(
        name,
        title,
        signed,
        shares,
        attention,
        description,
        None if source is None else read_whole_number(source),
        read_maybe_text(entry.get("question")),
    )
    return Recorded(
        info,
        None if attention else read_numbers(arrays[f"scores.{name}"], 2),
        read_maybe_text(entry["target_function"]),
        read_flag(entry["divided"]),
        read_maybe_text(entry["note"]),
        tuple(map(read_maybe_text, entry["notes"])),
        tuple(map(_sums, entry.get("sums", ()))),
    )


def _sums(pair: Any) -> tuple[float, float] | None:
    if pair is None:
        return None
    base, score = map(float, read_numbers(np.array(pair, float), 1))
    return base, score
