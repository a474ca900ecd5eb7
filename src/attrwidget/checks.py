"""Check values that several rooms take; each check returns the normal form or raises AttrWidgetError."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from numbers import Integral
from typing import Any

from attrwidget.errors import AttrWidgetError

HEAD_RULES = ("mean", "sum", "max", "median")
LENS_WORDS = 5  # how many of a layer's likeliest words are read
_SHORT = 60  # characters of a bad value that its sentence repeats

NOT_CONVERGED = "Not converged"  # begins the note on integrated gradients that points still change
ABOUT_ZERO = "About 0 by construction"  # begins the note on such scores, here and in js/scores/floor.ts


def is_whole(value: Any) -> bool:
    """Return whether *value* is a whole number of Python or NumPy, and not a boolean."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_index(value: Any, count: int) -> bool:
    """Return whether *value* is a whole number from 0 to ``count - 1``."""
    return is_whole(value) and 0 <= value < count


def is_text(value: Any) -> bool:
    """Return whether *value* is a text of whole characters: half of a surrogate pair can be neither sent nor kept."""
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False


def check_whole(value: Any, what: str, count: int | None = None) -> int:
    """Return *value* as an int; *what* names it, such as ``"A step"``, and *count* is how many there are."""
    if not isinstance(value, bool):
        try:
            return operator.index(value)
        except TypeError:
            pass
    bounds = "" if count is None else f" from 0 to {count - 1}"
    raise AttrWidgetError(f"{what} is a whole number{bounds}, not {short(value)}.")


def check_step(value: Any, n_steps: int) -> int:
    """Return the index of a step."""
    step = check_whole(value, "A step", n_steps)
    if not 0 <= step < n_steps:
        raise AttrWidgetError(
            f"There is no step {step}: the answer's tokens are indexed from 0 to {n_steps - 1}."
        )
    return step


def check_input(value: Any, n_inputs: int) -> int:
    """Return the index of an input token."""
    return _index(value, "input", n_inputs)


def check_layer(value: Any, n_layers: int) -> int:
    """Return the index of a layer."""
    return _index(value, "layer", n_layers)


def check_heads(value: Any, n_layers: int, n_heads: int) -> list[tuple[int, int]]:
    """Return pairs ``(layer, head)``, each once, in the order given."""
    heads: dict[tuple[int, int], None] = {}
    for item in check_list(value, "Heads", "[(0, 3)]"):
        pair = check_list(item, "A head", "a pair like (0, 3), a layer and a head")
        if len(pair) != 2:
            raise AttrWidgetError(f"A head is a pair like (0, 3), a layer and a head, not {short(item)}.")
        heads[check_layer(pair[0], n_layers), _index(pair[1], "head", n_heads)] = None
    return list(heads)


def check_choice(value: Any, what: str, choices: tuple[str, ...]) -> str:
    """Return one of *choices*; *what* names the thing chosen."""
    if isinstance(value, str) and value in choices:
        return value
    raise AttrWidgetError(f"There is no {what} {short(value)}: take one of {', '.join(choices)}.")


def check_megabytes(value: Any) -> float:
    """Return the largest size of a file, in megabytes."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not value > 0:
        raise AttrWidgetError(f"max_mb is a number of megabytes above 0, not {value!r}.")
    return float(value)


def check_list(value: Any, what: str, example: str) -> list[Any]:
    """Return the items of *value*; *what* names it, and *example* is one."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        verb = "is" if what.startswith("A ") else "are a list like"
        raise AttrWidgetError(f"{what} {verb} {example}, not {short(value)}.")
    return list(value)


def short(value: Any) -> str:
    """Return *value* as Python writes it, cut to 60 characters."""
    text = repr(value)
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _index(value: Any, noun: str, count: int) -> int:
    index = check_whole(value, f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}", count)
    if not 0 <= index < count:
        raise AttrWidgetError(f"There is no {noun} {index}: {noun}s are indexed from 0 to {count - 1}.")
    return index
