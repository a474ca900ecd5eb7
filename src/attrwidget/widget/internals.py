"""All that is used of private parts of ipywidgets and ipykernel.

``tests/widget/test_cells.py`` and ``tests/system/test_kernel.py`` test it.
"""

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


def hear_while_cells_run(widget: Any) -> None:
    """Let messages of the page reach the subshell that it sends them to.

    JupyterLab 4.6 sends them to a subshell. ipykernel 7.4 passes them to the shell that last wrote to the page: after a
    cell has shown the widget that is the main one, which hears nothing until its cell ends.
    """
    if hasattr(widget.comm, "_reply_subshell_for"):
        widget.comm._reply_subshell_for = lambda _data, chosen: chosen  # noqa: SLF001
