"""Explain the texts of one shard, and write them to one Parquet file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.dataset.batch import explain_batch
from attrwidget.errors import AttrWidgetError, first_line
from attrwidget.files import write_whole
from attrwidget.formats.write.save import saved_bytes
from attrwidget.page.groups import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from attrwidget.dataset.batch import Text
    from attrwidget.dataset.manifest import Manifest
    from attrwidget.results.base import Reading

COLUMNS = ("id", "prompt", "answer", "probability", "words", "shares", "error", "explanation")


def explain_shard(model: Any, texts: Sequence[Text], how: Manifest, path: Path) -> None:
    """Explain *texts* by *model* as *how* says, and write *path* whole or not at all.

    A text that cannot be explained is a row with its sentence.
    """
    rows = []
    for batch in _batches(texts, how.batch):
        for text, found in zip(batch, explain_batch(model, batch, how.methods, how.options), strict=True):
            rows.append(row_of(text, found, how.methods))
    write_whole(path, to_parquet(rows))


def row_of(text: Text, found: Reading | Exception, methods: Sequence[str]) -> dict[str, Any]:
    """Return the row of a text: what is *found* of it, or the sentence on why there is nothing."""
    error = found
    if not isinstance(found, Exception):
        try:
            return _scored(text, found, methods)
        except Exception as raised:  # noqa: BLE001 - it is the text's, and the others outlive it
            error = raised
    empty = dict.fromkeys(COLUMNS)
    return {**empty, "id": text.id, "prompt": text.prompt, "error": _sentence(error)}


def _sentence(error: Any) -> str:
    line = first_line(error)
    return line if isinstance(error, AttrWidgetError) else f"{type(error).__name__}: {line}"


def _scored(text: Text, reading: Reading, methods: Sequence[str]) -> dict[str, Any]:
    explanation = saved_bytes(reading, methods=list(methods), heads="none", progress=_silent)
    words, shares = word_shares(reading, methods[0])
    answer = reading.answer_text or "".join(
        unit.text for unit in reading.tokens.units if unit.start >= reading.first_step
    )
    return {
        "id": text.id,
        "prompt": text.prompt,
        "answer": answer.strip(),
        "probability": float(np.exp(reading.steps["log_probability"].iloc[_explained(reading)].sum())),
        "words": words,
        "shares": shares,
        "error": None,
        "explanation": explanation,
    }


def _explained(reading: Reading) -> list[int]:
    """Return the steps of the answer: all tokens that were written, or the likeliest class."""
    if reading.step_noun[0] != "class":
        return list(range(reading.n_steps))
    return [int(np.argmax(reading.steps["probability"].to_numpy()))]


def word_shares(reading: Reading, method: str) -> tuple[list[str], list[float]]:
    """Return the words of the input, without special tokens, and what share of *method*'s scores each has.

    A share is of the sum of magnitudes, in the mean over the answer's steps; it is negative where a signed method's
    score is.
    """
    end = min(reading.first_step, reading.n_inputs)
    raw = np.nan_to_num(reading.raw_rows(method)[_explained(reading), :end].astype(np.float64))
    total = np.abs(raw).sum(axis=1, keepdims=True)
    shares = np.divide(raw, total, out=np.zeros_like(raw), where=total > 0).mean(axis=0)
    starts = [start for start in groups_of(reading)["word"] if start < end]
    words, found = [], []
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        if all(reading.tokens.special[start:stop]):
            continue
        text = "".join(unit.text for unit in reading.tokens.units if start <= unit.start < stop)
        words.append(text.strip())
        found.append(float(shares[start:stop].sum()))
    return words, found


def to_parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    """Return *rows* as the bytes of a Parquet file; equal rows give equal bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            ("id", pa.int64()),
            ("prompt", pa.string()),
            ("answer", pa.string()),
            ("probability", pa.float64()),
            ("words", pa.list_(pa.string())),
            ("shares", pa.list_(pa.float32())),
            ("error", pa.string()),
            ("explanation", pa.binary()),
        ]
    )
    table = pa.Table.from_pylist(list(rows), schema=schema)
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _silent(_done: int, _total: int) -> None:
    """Draw no bar for one text of many."""


def _batches(texts: Sequence[Text], size: int) -> Iterator[Sequence[Text]]:
    return (texts[at : at + size] for at in range(0, len(texts), size))
