"""Let IPython show a plain list of explanations, or of comparisons, as tabs, as a loop makes it."""

from __future__ import annotations

import sys
from typing import Any


def show_lists(shell: Any = None) -> None:
    """Register how *shell*, by default the one that runs, shows lists; others than ours show as they do without it."""
    if shell is None:
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython else None
    formatter = getattr(shell, "display_formatter", None)
    if formatter is not None and list not in formatter.mimebundle_formatter.type_printers:
        formatter.mimebundle_formatter.for_type(list, _bundle)


def _bundle(given: list[Any]) -> Any:
    """Return the MIME bundle of *given*; None where IPython shows it by itself."""
    if type(given) is not list:
        own = getattr(given, "_repr_mimebundle_", None)
        return own() if own else None
    if not given or not type(given[0]).__module__.startswith("attrwidget."):
        return None
    from attrwidget.comparison import Comparison, Comparisons
    from attrwidget.explanations import Explanations
    from attrwidget.presentation import Presentation

    for kind, tabs in ((Presentation, Explanations), (Comparison, Comparisons)):
        if all(isinstance(one, kind) for one in given):
            return tabs(given)._repr_mimebundle_()
    return None
