"""Read the texts of a data set from a file, a table or a list."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.checks import is_text, short
from attrwidget.errors import AttrWidgetError, did_you_mean, first_line
from attrwidget.files import read_text, read_whole

if TYPE_CHECKING:
    from collections.abc import Callable

_TEXTS = "a list of texts, a list of dictionaries, a DataFrame, a Dataset, or a file"


class Texts(NamedTuple):
    """The prompts of a data set and, where they are given, the outputs to explain and the right answers.

    A text without a right answer has None in its place.
    """

    prompts: list[str]
    outputs: list[str] | None
    labels: list[str | None] | None = None


def read_texts(
    data: Any, prompt: str = "prompt", output: str | None = None, label: str | None = None
) -> Texts:
    """Return the texts in *data*, whose columns *prompt*, *output* and *label* hold them.

    Raises:
        AttrWidgetError: There are none, a column is missing, or one of its values is no text.
    """
    if isinstance(data, str | Path):
        data = _read_file(data)
    if getattr(data, "ndim", 0) == 1:  # a column of a DataFrame, or an array
        data = data.tolist()
    if isinstance(data, list | tuple) and not data:
        raise AttrWidgetError("The data set has no texts.")
    if isinstance(data, list | tuple) and all(isinstance(text, str) for text in data):
        for option, name in (("output", output), ("label", label)):
            if name is not None:
                raise AttrWidgetError(
                    f"{option}={name!r} is a column, and a list of texts has none: give dictionaries."
                )
        data, prompt = {"text": list(data)}, "text"
    columns = _columns(data)
    prompts = _column(columns, prompt, "prompt")
    if not prompts:
        raise AttrWidgetError("The data set has no texts.")
    outputs = None if output is None else _column(columns, output, "output")
    labels = None if label is None else [_label(value) for value in _values(columns, label, "label")]
    return Texts(prompts, outputs, labels)


def _columns(data: Any) -> Mapping[str, Any]:
    """Return the columns of *data* by name."""
    if isinstance(data, list | tuple) and all(isinstance(row, Mapping) for row in data):
        known = dict.fromkeys(str(name) for row in data for name in row)
        return {name: [row.get(name) for row in data] for name in known}
    if isinstance(data, Mapping) and all(isinstance(column, list) for column in data.values()):
        return data
    names: Any = getattr(data, "column_names", None)  # of Hugging Face's Dataset and of Arrow's tables
    if names is None:
        names = getattr(data, "columns", None)
    if names is None:
        raise AttrWidgetError(f"The data set must be {_TEXTS}, not {short(data)}.")
    names = list(names)
    for name in names:
        if names.count(name) > 1:
            raise AttrWidgetError(
                f"The data set has {names.count(name)} columns {name!r}: rename all but one."
            )
    return {str(name): data[name] for name in names}


def _label(value: Any) -> str | None:
    import pandas as pd

    missing = value is None or (pd.api.types.is_scalar(value) and pd.isna(value)) or value == ""
    return None if missing else str(value)


def _column(columns: Mapping[str, Any], name: str, option: str) -> list[str]:
    values = _values(columns, name, option)
    for row, value in enumerate(values):
        if not is_text(value):
            raise AttrWidgetError(f"Row {row} of the column {name!r} is no text, but {short(value)}.")
    return values


def _values(columns: Mapping[str, Any], name: str, option: str) -> list[Any]:
    if name not in columns:
        known = ", ".join(map(repr, columns))
        raise AttrWidgetError(
            f"The data set has no column {name!r}{did_you_mean(name, columns)}: give {option}= one of {known}."
        )
    column = columns[name]
    return list(column.to_pylist() if hasattr(column, "to_pylist") else column)


def _read_file(path: str | Path) -> Any:
    """Return the data of a file, with texts as they are written: ``"007"`` is neither a number nor a date."""
    readers: dict[str, Callable[[str | Path], Any]] = {
        ".parquet": _read_parquet,
        ".csv": lambda file: _read_csv(file, ","),
        ".tsv": lambda file: _read_csv(file, "\t"),
        ".json": lambda file: json.loads(read_text(file)),
        ".jsonl": lambda file: [json.loads(line) for line in _lines(file) if line.strip()],
        ".txt": _lines,
    }
    read = readers.get(Path(path).suffix.lower())
    if read is None:
        raise AttrWidgetError(f"{path} has an unknown ending: give a file in one of {', '.join(readers)}.")
    try:
        return read(path)
    except AttrWidgetError:
        raise
    except (ValueError, OSError, RuntimeError) as error:  # RuntimeErrors: what Arrow cannot do, and too deep
        raise AttrWidgetError(f"Cannot read {path}: {first_line(error)}.") from error


def _lines(path: str | Path) -> list[str]:
    lines = read_text(path).replace("\r\n", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def _read_csv(path: str | Path, separator: str) -> Any:
    import pandas as pd

    # With a header, pandas takes the first of too many cells for the name of the row, and renames a second column.
    text = io.StringIO(read_text(path))
    try:
        frame = pd.read_csv(text, sep=separator, header=None, dtype=str, keep_default_na=False)
    except pd.errors.ParserError as error:
        what = first_line(error).rpartition("C error: ")[2]
        raise AttrWidgetError(
            f"Cannot read {path}: {what}; a text with {separator!r} in it needs quotes."
        ) from error
    return frame[1:].set_axis(list(frame.iloc[0]), axis=1)


def _read_parquet(path: str | Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.read_table(pa.BufferReader(read_whole(path)))


def parquet_of(texts: Texts) -> bytes:
    """Return *texts* as the bytes of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"prompt": texts.prompts, "output": texts.outputs, "label": texts.labels}
    columns = {name: pa.array(values, pa.string()) for name, values in columns.items() if values is not None}
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, compression="zstd")
    return buffer.getvalue()
