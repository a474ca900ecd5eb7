"""Plain values as JSON: texts, numbers, lists, and the tuples and mappings that JSON has no form for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError

TUPLE, MAP = "$tuple", "$map"
_DEEPEST = 12  # levels: a call of a tool in a message of a chat has 8


def to_plain(value: Any, what: str) -> Any:
    """Return *value*, an argument called *what*, as JSON.

    Raises:
        AttrWidgetError: It has parts that are no texts, numbers, lists, tuples or mappings.
    """
    if isinstance(value, np.generic | np.ndarray) or (hasattr(value, "tolist") and hasattr(value, "shape")):
        value = value.tolist()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple):
        return {TUPLE: [to_plain(item, what) for item in value]}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) and not key.startswith("$") for key in value):
            return {key: to_plain(item, what) for key, item in value.items()}
        return {MAP: [[to_plain(key, what), to_plain(item, what)] for key, item in value.items()]}
    if isinstance(value, list | range | set | frozenset):
        return [to_plain(item, what) for item in value]
    raise AttrWidgetError(
        f"{what} goes to a server, so it is made of texts, numbers, lists and mappings, not {short(value)}."
    )


def from_plain(value: Any, deepest: int = _DEEPEST) -> Any:
    """Return what ``to_plain`` was given.

    Raises:
        AttrWidgetError: The JSON has another form, or nests too deep.
    """
    if isinstance(value, list | dict) and not deepest:
        raise AttrWidgetError(f"The request nests deeper than {_DEEPEST} levels.")
    if isinstance(value, list):
        return [from_plain(item, deepest - 1) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and isinstance(value.get(TUPLE), list):
        return tuple(from_plain(item, deepest - 1) for item in value[TUPLE])
    if len(value) == 1 and isinstance(value.get(MAP), list):
        try:
            return {from_plain(key, 2): from_plain(item, deepest - 1) for key, item in value[MAP]}
        except (TypeError, ValueError):
            raise AttrWidgetError("A mapping in the request is no list of pairs.") from None
    if any(key.startswith("$") for key in value):
        raise AttrWidgetError(f"The request holds {short(next(iter(value)))}, which has no meaning here.")
    return {key: from_plain(item, deepest - 1) for key, item in value.items()}
