"""Check what a page or Python chooses; each function returns the normal form or raises AttrWidgetError."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrwidget.checks import (
    HEAD_RULES,
    check_choice,
    check_heads,
    check_layer,
    check_list,
    check_step,
    check_whole,
    short,
)
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from attrwidget.results.base import Reading

VIEWS: tuple[str, ...] = tuple(json.loads(Path(__file__).with_name("views.json").read_text("utf-8")))
"""The ids of the views that js/views/index.ts lists, the first one shown at first; written by ``js/build.mjs``."""
DEFAULT_OPTIONS: dict[str, Any] = {
    "head_rule": "mean",
    "span_rule": "mean",
    "intensity": 0.6,
    "hide_special": False,
    "hide_first": False,
    "hide_target": False,
    "renormalize": False,
    "through": False,
    "show_whitespace": False,
    "scale_sink": False,
    "arc_share": 0.7,
    "units": "token",
    "unit_rule": "sum",
    "fold": False,
    "search": "",
    "part": "",
    "enlarged": None,
    "compare": "",
    "second": "",
    "pins": [],
    "difference": False,
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "head_rule": HEAD_RULES,
    "span_rule": HEAD_RULES[:2],
    "units": ("token", "word", "sentence", "message"),
    "unit_rule": ("sum", "mean", "max"),
    "compare": ("other", "methods", "pinned"),
}
_LEAST = {"intensity": 0.2, "arc_share": 0.1}
"""The least value of options that are numbers; each is 1 at most."""
_LONGEST = 200
"""The most characters of a search text."""
NO_MODEL = "A foil needs the model, and this explanation was recorded without it."
_FOIL = '{"step": 0, "ids": [11]}'
_PIN = '{"method": "saliency", "held": [0]}'
_PIN_FIELDS = {"method", "held", "foil", "layer", "heads"}


def check_steps(reading: Reading, value: Any) -> list[int]:
    """Return steps, ascending and each once."""
    return sorted({check_step(step, reading.n_steps) for step in check_list(value, "Steps", "[0, 1]")})


def check_foil(reading: Reading, value: Any, held: Sequence[int]) -> dict[str, Any] | None:
    """Return None or a foil, ``{"step", "ids", "text"}``; a text or an id belongs to the one step that is held."""
    if value is None:
        return None
    if reading.contrasts is None:
        raise AttrWidgetError(NO_MODEL)
    if isinstance(value, Mapping):
        if not {"step", "ids"} <= set(value):
            raise AttrWidgetError(f"A foil is a text, an id, or {_FOIL}, not {short(value)}.")
        step, what = check_whole(value["step"], "A step"), check_foil_ids(value["ids"])
    elif len(held) != 1:
        raise AttrWidgetError(f"A foil belongs to one step: hold one, or give {_FOIL}.")
    else:
        step, what = held[0], value
    return reading.contrasts.find(step, what).as_json()


def check_foil_ids(value: Any) -> list[int]:
    """Return the token ids of a foil."""
    return [check_whole(one, "A foil's id") for one in check_list(value, "The ids of a foil", "[11]")]


def check_shown_layer(reading: Reading, value: Any) -> int | None:
    """Return a layer from 0, or None for all."""
    if value is None:
        return None
    _require_attention(reading)
    return check_layer(value, reading.n_layers)


def check_shown_heads(reading: Reading, value: Any) -> list[tuple[int, int]]:
    """Return ``(layer, head)`` pairs from 0, each once, in the order given."""
    if not (isinstance(value, list | tuple) and not value):
        _require_attention(reading)
    return check_heads(value, reading.n_layers, reading.n_heads)


def check_bool(value: Any, name: str) -> bool:
    """Return *value*, which must be True or False: 0 and 1 are refused."""
    if isinstance(value, bool):
        return value
    raise AttrWidgetError(f"{name} is True or False, not {short(value)}.")


def check_text(value: Any, name: str) -> str:
    """Return *value*, which must be a text of one line."""
    if isinstance(value, str) and "\n" not in value:
        return value[:_LONGEST]
    raise AttrWidgetError(f"{name} is a text of one line, not {short(value)}.")


def check_enlarged(value: Any) -> list[int] | None:
    """Return None or a layer and a head from 0."""
    if value is None:
        return None
    pair = [check_whole(one, "A layer or head") for one in check_list(value, "The head enlarged", "[2, 0]")]
    if len(pair) != 2 or min(pair) < 0:
        raise AttrWidgetError(
            f"The head enlarged is a layer and a head from 0, like [2, 0], not {short(value)}."
        )
    return pair


def check_options(reading: Reading, value: Any) -> dict[str, Any]:
    """Return all options: those in *value*, and the defaults of the others."""
    if not isinstance(value, Mapping):
        raise AttrWidgetError(f"Options are a dictionary like {{'intensity': 0.8}}, not {short(value)}.")
    return {**DEFAULT_OPTIONS, **{name: check_option(reading, name, item) for name, item in value.items()}}


def check_option(reading: Reading, name: Any, value: Any) -> Any:
    """Return the value of one option."""
    if name not in DEFAULT_OPTIONS:
        raise AttrWidgetError(f"There is no option {short(name)}: take one of {', '.join(DEFAULT_OPTIONS)}.")
    if name in _CHOICES and not (name == "compare" and value == ""):
        return check_choice(value, "unit" if name == "units" else name, _CHOICES[name])
    if name in ("search", "part", "compare", "second"):
        return check_text(value, name)
    if name in ("pins", "enlarged"):
        return check_pins(reading, value) if name == "pins" else check_enlarged(value)
    if name not in _LEAST:
        return check_bool(value, name)
    least = _LEAST[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= 1:
        raise AttrWidgetError(f"{name} is a number from {least} to 1, not {short(value)}.")
    return float(value)


def check_pins(reading: Reading, value: Any) -> list[dict[str, Any]]:
    """Return pins as dictionaries of ``method``, ``held``, ``foil``, ``layer`` and ``heads``."""
    return [_check_pin(reading, one) for one in check_list(value, "Pins", f"[{_PIN}]")]


def _check_pin(reading: Reading, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not {"method", "held"} <= set(value) <= _PIN_FIELDS:
        raise AttrWidgetError(f"A pin is a dictionary like {_PIN}, not {short(value)}.")
    held = check_steps(reading, value["held"])
    return {
        "method": reading.method(value["method"]).name,
        "held": held,
        "foil": check_foil(reading, value.get("foil"), held),
        "layer": check_shown_layer(reading, value.get("layer")),
        "heads": [list(pair) for pair in check_shown_heads(reading, value.get("heads", []))],
    }


def _require_attention(reading: Reading) -> None:
    if not reading.n_layers:
        note = reading.attention_note or "this model shows no attention"
        raise AttrWidgetError(f"There are no layers and heads to pick: {note}")
