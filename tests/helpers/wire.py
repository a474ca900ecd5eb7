"""A live widget without a kernel: what it sends, and what its page sets."""

from __future__ import annotations

import json
from typing import Any

from helpers.fake import random_explanation

from attrwidget.widget import ExplanationWidget

SHARED = ("held", "foil", "method", "layer", "heads", "view", "options")


def make(**traits: Any) -> Any:
    """Return a widget of a made-up explanation."""
    return ExplanationWidget(random_explanation(), **traits)  # type: ignore[arg-type]


def state(widget: Any) -> dict[str, Any]:
    """Return the traits that Python and the page share."""
    return {name: getattr(widget, name) for name in SHARED}


class Wire:
    """Stands in for the comm of a live widget."""

    comm_id = "wire"

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, data: Any = None, **_: Any) -> None:
        self.sent.append(data)

    def on_msg(self, _callback: Any) -> None:
        pass

    def updates(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for message in self.sent:
            if message["method"] == "update":
                found.update(message["state"])
        return json.loads(json.dumps(found))

    def close(self) -> None:
        pass


def from_page(widget: Any, **sent: Any) -> dict[str, Any]:
    """Give *widget* a state as its page would; return what it sends back as a correction."""
    widget.comm = wire = Wire()
    widget._handle_msg(
        {"content": {"data": {"method": "update", "state": sent, "buffer_paths": []}}, "buffers": []}
    )
    return wire.updates()
