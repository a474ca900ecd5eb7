"""Let go of widgets whose cells run again: their outputs are gone, so nothing but the user's names should keep them."""

from __future__ import annotations

import sys
import weakref
from typing import Any, Protocol


class Shown(Protocol):
    """A widget that a cell shows."""

    def let_go(self) -> None:
        """Live only as long as someone refers to it."""


_shown_now: weakref.WeakSet[Shown] = weakref.WeakSet()
_cells: weakref.WeakKeyDictionary[Shown, set[str]] = weakref.WeakKeyDictionary()
_shells: weakref.WeakSet[Any] = weakref.WeakSet()


def shown_in_cell(widget: Shown) -> None:
    """Note that the cell that runs now shows *widget*; do nothing outside IPython."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return
    if shell not in _shells:
        _shells.add(shell)
        shell.events.register("pre_run_cell", lambda info: _let_go(shell, info.cell_id))
        shell.events.register("post_run_cell", lambda result: _note(result.info.cell_id))
    _shown_now.add(widget)


def _note(cell: str | None) -> None:
    """Note which widgets *cell*, which has run, shows."""
    for widget in list(_shown_now) if cell else []:
        _cells.setdefault(widget, set()).add(str(cell))
    _shown_now.clear()


def _let_go(shell: Any, cell: str | None) -> None:
    """Let go of the widgets that *cell*, about to run again, is the last one to show."""
    for widget, cells in list(_cells.items()):
        if cell in cells:
            cells.remove(cell)
            if not cells:
                widget.let_go()
                _take_out_of_history(shell, widget)


def _take_out_of_history(shell: Any, widget: Shown) -> None:
    """Take the explanation of *widget* out of ``Out`` and ``_``: the output with that number is gone."""
    past = shell.user_ns.get("_oh", {})
    for number, value in list(past.items()):
        if value is not widget and getattr(value, "_widget", None) is not widget:
            continue
        del past[number]
        for names in (shell.user_ns, shell.user_ns_hidden, vars(shell.displayhook)):
            names.pop(f"_{number}", None)
            for name in ("_", "__", "___"):
                if names.get(name) is value:
                    names[name] = ""
