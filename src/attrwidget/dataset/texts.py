"""Read the texts of a data set from a file, a table or a list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_TEXTS = "a list of texts, a list of dictionaries, a DataFrame, a Dataset, or a file"


class Texts(NamedTuple):
    """The prompts of a data set and, where they are given, the outputs to explain and the right answers."""

    prompts: list[str]
    outputs: list[str] | None
    labels: list[str] | None = None


def read_texts(
    data: Any, prompt: str = "prompt", output: str | None = None, label: str | None = None
) -> Texts:
    """Return the texts in *data*, whose columns *prompt*, *output* and *label* hold them.

    Raises:
        AttrWidgetError: There are none, a column is missing, or one of its values is no text.
    """
    if isinstance(data, list | tuple) and data and all(isinstance(text, str) for text in data):
        for option, name in (("output", output), ("label", label)):
            if name is not None:
                raise AttrWidgetError(
                    f"{option}={name!r} is a column, and a list of texts has none: give dictionaries."
                )
        return Texts(list(data), None)
    columns = _columns(data)
    prompts = _column(columns, prompt, "prompt")
    if not prompts:
        raise AttrWidgetError("The data set has no texts.")
    outputs = None if output is None else _column(columns, output, "output")
    return Texts(prompts, outputs, None if label is None else _labels(_values(columns, label, "label")))


def _columns(data: Any) -> dict[str, Any]:
    """Return the columns of *data* by name."""
    if isinstance(data, str | Path):
        data = _read_file(Path(data).expanduser())
    if isinstance(data, list | tuple) and data and all(isinstance(row, dict) for row in data):
        known = dict.fromkeys(str(name) for row in data for name in row)
        return {name: [row.get(name) for row in data] for name in known}
    names: Any = getattr(data, "column_names", None)  # of Hugging Face's Dataset and of Arrow's tables
    if names is None:
        names = getattr(data, "columns", None)
    if names is None:
        raise AttrWidgetError(f"The data set must be {_TEXTS}, not {short(data)}.")
    return {str(name): data[name] for name in names}


def _labels(values: list[Any]) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def _column(columns: dict[str, Any], name: str, option: str) -> list[str]:
    values = _values(columns, name, option)
    for row, value in enumerate(values):
        if not isinstance(value, str):
            raise AttrWidgetError(f"Row {row} of the column {name!r} is no text, but {short(value)}.")
    return values


def _values(columns: dict[str, Any], name: str, option: str) -> list[Any]:
    if name not in columns:
        known = ", ".join(map(repr, columns))
        raise AttrWidgetError(
            f"The data set has no column {name!r}{did_you_mean(name, columns)}: give {option}= one of {known}."
        )
    column = columns[name]
    return list(column.to_pylist() if hasattr(column, "to_pylist") else column)


def _read_file(path: Path) -> pd.DataFrame:
    import pandas as pd

    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".parquet": pd.read_parquet,
        ".csv": lambda file: pd.read_csv(file, keep_default_na=False),
        ".tsv": lambda file: pd.read_csv(file, sep="\t", keep_default_na=False),
        ".json": pd.read_json,
        ".jsonl": lambda file: pd.read_json(file, lines=True),
        ".txt": lambda file: pd.DataFrame({"prompt": file.read_text(encoding="utf-8").splitlines()}),
    }
    read = readers.get(path.suffix.lower())
    if read is None:
        raise AttrWidgetError(f"{path} has an unknown ending: give a file in one of {', '.join(readers)}.")
    if not path.is_file():
        raise AttrWidgetError(f"There is no file {path}.")
    try:
        return read(path)
    except (ValueError, OSError) as error:
        raise AttrWidgetError(f"{path} could not be read: {error}") from error


def parquet_of(texts: Texts) -> bytes:
    """Return *texts* as the bytes of a Parquet file."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"prompt": texts.prompts, "output": texts.outputs, "label": texts.labels}
    columns = {name: values for name, values in columns.items() if values is not None}
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, compression="zstd")
    return buffer.getvalue()
