"""What can be chosen of an explanation. Traits and messages are checked by the same rules.

Each function returns the value in its normal form, or raises AttrWidgetError with a sentence that names what
exists.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from attrwidget.results.base import BaseExplanation as Explanation
    from attrwidget.results.base import MethodInfo

HEAD_RULES = ("mean", "sum", "max", "median")
VIEWS = ("text", "matrix")
DEFAULT_OPTIONS: dict[str, Any] = {
    "head_rule": "mean",
    "span_rule": "mean",
    "intensity": 0.6,
    "hide_special": False,
    "hide_first": False,
    "hide_target": False,
    "renormalize": False,
    "show_whitespace": False,
}
NO_MODEL = "A foil needs the model, and this explanation was recorded without it."
_FOIL = '{"step": 0, "id": 11}'
_SHOWN = 60  # characters of a bad value that its sentence repeats


def check_steps(explanation: Explanation, value: Any) -> list[int]:
    """Steps, ascending and each once."""
    steps = [check_index(s, "A step") for s in _listed(value, "Steps", "[0, 1]")]
    for step in steps:
        if not 0 <= step < explanation.n_steps:
            last = explanation.n_steps - 1
            raise AttrWidgetError(
                f"There is no step {step}: the answer's tokens are indexed from 0 to {last}."
            )
    return sorted(set(steps))


def check_input(explanation: Explanation, value: Any) -> int:
    """The index of an input token."""
    index = check_index(value, "An input")
    if not 0 <= index < explanation.n_inputs:
        raise AttrWidgetError(
            f"There is no input {index}: inputs are indexed from 0 to {explanation.n_inputs - 1}."
        )
    return index


def check_foil(explanation: Explanation, value: Any, held: Sequence[int]) -> dict[str, Any] | None:
    """None, or what a step might have been instead: ``{"step", "id", "text"}``. A text or an id is of the step held."""
    if value is None:
        return None
    if explanation.contrasts is None:
        raise AttrWidgetError(NO_MODEL)
    if isinstance(value, Mapping):
        if not {"step", "id"} <= set(value):
            raise AttrWidgetError(f"A foil is a text, an id, or {_FOIL}, not {_short(value)}.")
        step, what = check_index(value["step"], "A step"), check_index(value["id"], "A foil's id")
    elif len(held) != 1:
        raise AttrWidgetError(f"A foil is of one step: hold one, or give {_FOIL}.")
    else:
        step, what = held[0], value
    return explanation.contrasts.find(step, what)._asdict()


def check_method(explanation: Explanation, value: Any) -> MethodInfo:
    """The method of that name."""
    methods = explanation.methods()
    for method in methods:
        if method.name == value:
            return method
    names = ", ".join(method.name for method in methods)
    raise AttrWidgetError(f"There is no method {_short(value)}: take one of {names}.")


def check_layer(explanation: Explanation, value: Any) -> int | None:
    """A layer from 0, or None for all."""
    if value is None:
        return None
    layer = check_index(value, "A layer")
    _require_attention(explanation)
    if not 0 <= layer < explanation.n_layers:
        raise AttrWidgetError(
            f"There is no layer {layer}: layers are indexed from 0 to {explanation.n_layers - 1}."
        )
    return layer


def check_heads(explanation: Explanation, value: Any) -> list[tuple[int, int]]:
    """Pairs of layer and head, both from 0, each once, in the order given."""
    heads: dict[tuple[int, int], None] = {}
    for item in _listed(value, "Heads", "[(0, 3)]"):
        pair = _listed(item, "A head", "a pair like (0, 3), a layer and a head")
        if len(pair) != 2:
            raise AttrWidgetError(f"A head is a pair like (0, 3), a layer and a head, not {_short(item)}.")
        layer = check_layer(explanation, check_index(pair[0], "A layer"))
        head = check_index(pair[1], "A head")
        if not 0 <= head < explanation.n_heads:
            raise AttrWidgetError(
                f"There is no head {head}: heads are indexed from 0 to {explanation.n_heads - 1}."
            )
        heads[layer or 0, head] = None
    return list(heads)


def check_choice(value: Any, what: str, choices: tuple[str, ...]) -> str:
    """One of *choices*; *what* names the thing chosen."""
    if isinstance(value, str) and value in choices:
        return value
    raise AttrWidgetError(f"There is no {what} {_short(value)}: take one of {', '.join(choices)}.")


def check_bool(value: Any, name: str) -> bool:
    """True or False, and nothing that merely counts as such."""
    if isinstance(value, bool):
        return value
    raise AttrWidgetError(f"{name} is True or False, not {_short(value)}.")


def check_options(value: Any) -> dict[str, Any]:
    """All options: those in *value*, and the defaults of the others."""
    if not isinstance(value, Mapping):
        raise AttrWidgetError(f"Options are a dictionary like {{'intensity': 0.8}}, not {_short(value)}.")
    return {**DEFAULT_OPTIONS, **{name: check_option(name, item) for name, item in value.items()}}


def check_option(name: Any, value: Any) -> Any:
    """The value of one option."""
    if name not in DEFAULT_OPTIONS:
        raise AttrWidgetError(f"There is no option {_short(name)}: take one of {', '.join(DEFAULT_OPTIONS)}.")
    if name == "head_rule":
        return check_choice(value, name, HEAD_RULES)
    if name == "span_rule":
        return check_choice(value, name, HEAD_RULES[:2])
    if name != "intensity":
        return check_bool(value, name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.2 <= value <= 1:
        raise AttrWidgetError(f"intensity is a number from 0.2 to 1, not {_short(value)}.")
    return float(value)


def _require_attention(explanation: Explanation) -> None:
    if not explanation.n_layers:
        note = explanation.attention_note or "this model shows no attention"
        raise AttrWidgetError(f"There are no layers and heads to pick: {note}")


def check_index(value: Any, what: str) -> int:
    """A whole number; *what* names it."""
    if not isinstance(value, bool):
        try:
            return operator.index(value)
        except TypeError:
            pass
    raise AttrWidgetError(f"{what} is a whole number, not {_short(value)}.")


def _listed(value: Any, what: str, example: str) -> list[Any]:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        verb = "is" if what.startswith("A ") else "are a list like"
        raise AttrWidgetError(f"{what} {verb} {example}, not {_short(value)}.")
    return list(value)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
