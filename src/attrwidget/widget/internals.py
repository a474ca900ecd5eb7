"""All that is used of private parts of ipywidgets; ``tests/widget/test_cells.py`` tests it."""

from __future__ import annotations

import weakref
from typing import Any

from ipywidgets.widgets.widget import _instances


def remember(widget: Any) -> None:
    """Put *widget* back into the list of ipywidgets."""
    _instances[widget.model_id] = widget


def forget(widget: Any) -> None:
    """Take *widget* out of the lists of ipywidgets and of its comm; it works on as long as someone refers to it."""
    _instances.pop(widget.model_id, None)
    receive = weakref.WeakMethod(widget._handle_msg)  # noqa: SLF001
    widget.comm.on_msg(lambda message: (handle := receive()) and handle(message))
