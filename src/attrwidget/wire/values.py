"""The results of calls as JSON and arrays, and both as the bytes of a safetensors file."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attrwidget.errors import AttrWidgetError
from attrwidget.results.base import MethodInfo
from attrwidget.results.check import Check
from attrwidget.results.context.reliance import ContextReliance
from attrwidget.results.summary import Summary
from attrwidget.wire.tables import frame_from_json, frame_to_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OBJECTS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Check, ContextReliance, MethodInfo, Summary)
}
_NO_ANSWER = (
    "The server's answer is not one of attrwidget's: is it an attrwidget server, of the same version?"
)


class Encoder:
    """Makes JSON of a value, and keeps its arrays.

    Attributes:
        arrays: The arrays so far, by name.
    """

    def __init__(self) -> None:
        self.arrays: dict[str, NDArray[Any]] = {}

    def __call__(self, value: Any) -> Any:  # noqa: PLR0911 - one for each form
        """Return *value* as JSON; raise TypeError for one of a type that no call returns."""
        if isinstance(value, np.generic):
            value = value.item()
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, list):
            return [self(item) for item in value]
        if isinstance(value, bytes):
            return {"$bytes": self._put(np.frombuffer(value, np.uint8))}
        if isinstance(value, np.ndarray):
            return {"$array": self._put(value)}
        if isinstance(value, pd.DataFrame):
            return {"$table": frame_to_json(value, self._put, self)}
        if type(value).__name__ in _OBJECTS and type(value) is _OBJECTS[type(value).__name__]:
            return {"$object": type(value).__name__, "fields": self(_fields(value))}
        if isinstance(value, tuple):
            return {"$tuple": [self(item) for item in value]}
        if isinstance(value, Mapping):
            return {"$map": [[self(key), self(item)] for key, item in value.items()]}
        raise TypeError(f"a {type(value).__name__} has no form on the wire")

    def _put(self, array: NDArray[Any]) -> str:
        name = str(len(self.arrays))
        self.arrays[name] = np.ascontiguousarray(array)
        return name


def decode(value: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:  # noqa: PLR0911 - one for each form
    """Return the value that ``Encoder`` made JSON and *arrays* of."""

    def read(value: Any) -> Any:
        return decode(value, arrays)

    if isinstance(value, list):
        return [read(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$bytes" in value:
        return arrays[value["$bytes"]].tobytes()
    if "$array" in value:
        return arrays[value["$array"]]
    if "$table" in value:
        return frame_from_json(value["$table"], lambda name: arrays[name], read)
    if "$object" in value:
        return _OBJECTS[value["$object"]](**read(value["fields"]))
    if "$tuple" in value:
        return tuple(map(read, value["$tuple"]))
    if "$map" in value:
        return {read(key): read(item) for key, item in value["$map"]}
    raise KeyError(*value)


def pack(answer: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return *answer*, a JSON object, and *arrays* as the bytes of a safetensors file."""
    from safetensors.numpy import save

    return bytes(save(dict(arrays), metadata={"answer": json.dumps(answer)}))


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return what ``pack`` was given; raise AttrWidgetError for other bytes."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        size = int.from_bytes(data[:8], "little")
        answer = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["answer"])
        if isinstance(answer, dict):
            return answer, dict(load(data))
    except (KeyError, TypeError, ValueError, RecursionError, SafetensorError):
        pass
    raise AttrWidgetError(_NO_ANSWER)


def _fields(value: Any) -> dict[str, Any]:
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return dict(value._asdict())
