"""Tables as JSON and arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attrwidget.errors import AttrWidgetError
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Put = Callable[[NDArray[Any]], str]
    Take = Callable[[Any], NDArray[Any]]

_NUMBERS = "biuf"  # kinds of NumPy's types that have arrays


def frame_to_json(frame: pd.DataFrame, put: Put, plain: Callable[[Any], Any]) -> dict[str, Any]:
    """Return *frame* as JSON.

    Args:
        frame: A table.
        put: Keeps an array, and returns its name.
        plain: Makes JSON of any other value.
    """
    kinds = {str(kind) for kind in frame.dtypes}
    found: dict[str, Any] = {
        "printed": isinstance(frame, Table),
        "index": _index_to_json(frame.index, put, plain),
        "columns": _index_to_json(frame.columns, put, plain),
        "attrs": plain(dict(frame.attrs)),
    }
    if len(kinds) == 1 and frame.dtypes.iloc[0].kind in _NUMBERS:
        return {**found, "values": put(frame.to_numpy())}
    return {**found, "each": [_values(frame.iloc[:, i], put, plain) for i in range(frame.shape[1])]}


def frame_from_json(found: dict[str, Any], take: Take, plain: Callable[[Any], Any]) -> pd.DataFrame:
    """Return the table that ``frame_to_json`` was given."""
    kind = Table if found["printed"] else pd.DataFrame
    index = _index_from_json(found["index"], take, plain)
    columns = _index_from_json(found["columns"], take, plain)
    if "values" in found:
        frame = kind(take(found["values"]), index=index, columns=columns)
    else:
        parts = {i: _series(entry, index, take, plain) for i, entry in enumerate(found["each"])}
        frame = kind(parts, index=index)
        frame.columns = columns
    frame.attrs.update(plain(found["attrs"]))
    return frame


def _values(values: Any, put: Put, plain: Callable[[Any], Any]) -> dict[str, Any]:
    """Return one column, or the labels of one level."""
    if values.dtype.kind in _NUMBERS and isinstance(values.dtype, np.dtype):
        return {"array": put(values.to_numpy())}
    return {"list": plain(list(values)), "type": "str" if str(values.dtype) == "str" else "object"}


def _series(entry: dict[str, Any], index: pd.Index, take: Take, plain: Callable[[Any], Any]) -> pd.Series:
    if "array" in entry:
        return pd.Series(take(entry["array"]), index=index)
    return pd.Series(plain(entry["list"]), index=index, dtype=_type(entry))


def _index_to_json(index: pd.Index, put: Put, plain: Callable[[Any], Any]) -> dict[str, Any]:
    if isinstance(index, pd.RangeIndex):
        return {"range": [index.start, index.stop, index.step], "name": index.name}
    if isinstance(index, pd.MultiIndex):
        return {"tuples": plain([tuple(key) for key in index]), "names": list(index.names)}
    return {**_values(index, put, plain), "name": index.name}


def _index_from_json(entry: dict[str, Any], take: Take, plain: Callable[[Any], Any]) -> pd.Index:
    if "range" in entry:
        return pd.RangeIndex(*entry["range"], name=entry["name"])
    if "tuples" in entry:
        return pd.MultiIndex.from_tuples(plain(entry["tuples"]), names=entry["names"])
    if "array" in entry:
        return pd.Index(take(entry["array"]), name=entry["name"])
    return pd.Index(plain(entry["list"]), name=entry["name"], dtype=_type(entry))


def _type(entry: dict[str, Any]) -> str:
    if entry["type"] not in ("str", "object"):
        raise AttrWidgetError(f"A table has columns of an unknown type, {entry['type']!r}.")
    return str(entry["type"])
