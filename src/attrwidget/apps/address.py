"""What an app shows, as the query of its address, "model=demo&text=Hi&held=5", and back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import attrwidget as aw
from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.widget import ExplanationWidget

TRAITS = ("method", "held", "view")  # named as in the fragment of an exported page
_DIGITS = 9  # of a number: Python refuses those of thousands
LONGEST = 6000  # characters: common servers take 8,192 bytes of a request's head line


def asked() -> dict[str, str]:
    """Return the values in the address of this kernel's page, by name."""
    return dict(parse_qsl(os.environ.get("QUERY_STRING", "")))


def written(values: Mapping[str, str]) -> str:
    """Return *values* as a query; "" for one too long for an address."""
    query = urlencode(values)
    return query if len(query) <= LONGEST else ""


def shown_on(widget: ExplanationWidget) -> dict[str, str]:
    """Return what *widget* shows: its method, what is held, the view, and the method compared."""
    values = {name: _text(getattr(widget, name)) for name in TRAITS}
    return {**values, "second": widget.options["second"]}


def show(widget: ExplanationWidget, values: Mapping[str, str]) -> None:
    """Show on *widget* what *values* say; raise AttrWidgetError for what it cannot show."""
    for name in TRAITS:
        if name in values:
            setattr(widget, name, _steps(values[name]) if name == "held" else values[name])
    if "second" in values:
        if values["second"] not in aw.list_methods().index:
            raise AttrWidgetError(f"The address says second={short(values['second'])}, which is no method.")
        widget.options = {**widget.options, "second": values["second"]}


def number(values: Mapping[str, str], name: str) -> int:
    """Return the whole number *name*; raise AttrWidgetError for anything else."""
    return _whole(values[name], name)


def _steps(text: str) -> list[int]:
    return [_whole(part, "held") for part in text.split(",")]


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise AttrWidgetError(f"The address says {name}={short(text)}, which is no whole number.")
    return int(text)


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
