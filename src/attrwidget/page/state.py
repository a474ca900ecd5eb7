"""The state that a page and Python share: its start, its checks, and the repair of invalid values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_choice
from attrwidget.errors import AttrWidgetError
from attrwidget.page.checks import (
    DEFAULT_OPTIONS,
    VIEWS,
    check_foil,
    check_option,
    check_options,
    check_shown_heads,
    check_shown_layer,
    check_steps,
)

if TYPE_CHECKING:
    from attrwidget.results.base import Reading

SHARED = ("held", "foil", "method", "layer", "heads", "view", "options")

_CHECKS: dict[str, Callable[[Reading, Any], Any]] = {
    "held": check_steps,
    "method": lambda reading, value: reading.method(value).name,
    "layer": check_shown_layer,
    "heads": check_shown_heads,
    "view": lambda _, value: check_choice(value, "view", VIEWS),
    "options": check_options,
}


def initial_state(reading: Reading) -> dict[str, Any]:
    """Return the first state: nothing held, the first method, the first view."""
    methods = reading.methods()
    return {
        "held": [],
        "foil": None,
        "method": methods[0].name if methods else "",
        "layer": None,
        "heads": [],
        "view": VIEWS[0],
        "options": {**DEFAULT_OPTIONS, "pins": []},
    }


def checked(reading: Reading, name: str, value: Any, held: Sequence[int] = ()) -> Any:
    """Return the normal form of *value* for the trait *name*; raise AttrWidgetError when it does not exist.

    *held* are the steps that a foil may be of.
    """
    return check_foil(reading, value, held) if name == "foil" else _CHECKS[name](reading, value)


def shown_methods(state: Mapping[str, Any]) -> list[str]:
    """Return the methods that a page in *state* shows: its own, the one compared with it, and those of pins."""
    options = state.get("options", {})
    pinned = [pin["method"] for pin in options.get("pins", [])]
    return [name for name in (state.get("method"), options.get("second"), *pinned) if name]


def mend(
    reading: Reading, sent: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[dict[str, Any], set[str]]:
    """Return the valid part of a state from the page, and the names of invalid traits.

    Items that do not exist are dropped from lists; an invalid option keeps its value in *options*; any other invalid
    value is dropped.
    """
    good, wrong = {}, set()
    for name, value in sent.items():
        if name not in SHARED:
            good[name] = value
            continue
        try:
            good[name] = checked(reading, name, value)
        except AttrWidgetError:
            wrong.add(name)
            if name in ("held", "heads") and isinstance(value, list):
                items = [item for item in value if _valid(reading, name, [item])]
                good[name] = checked(reading, name, items)
            elif name == "options" and isinstance(value, Mapping):
                good[name] = {**options, **dict(_valid_options(reading, value))}
    if "heads" in good:
        good["heads"] = [
            list(pair) for pair in good["heads"]
        ]  # as the page wrote them, or they are sent back
    if good.get("heads") and good.get("layer") is not None:
        wrong.add("layer")
        good["layer"] = None
    return good, wrong


def _valid(reading: Reading, name: str, value: Any) -> bool:
    try:
        checked(reading, name, value)
    except AttrWidgetError:
        return False
    return True


def _valid_options(reading: Reading, options: Mapping[Any, Any]) -> Iterable[tuple[str, Any]]:
    for name, value in options.items():
        try:
            yield name, check_option(reading, name, value)
        except AttrWidgetError:
            continue
