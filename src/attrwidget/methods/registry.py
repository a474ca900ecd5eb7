"""Register and list methods: built in, of other packages, and a user's own."""

from __future__ import annotations

import threading
import warnings
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError, did_you_mean, first_line
from attrwidget.methods.method import NEEDS

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    import pandas as pd

    from attrwidget.methods.method import Method

ENTRY_POINTS = "attrwidget.methods"

_methods: dict[str, Method] = {}
_imported: set[str] = set()  # groups of entry points
_lock = threading.RLock()


def register(method: Method) -> Method:
    """Add *method* under its name."""
    _methods[method.name] = method
    return method


def is_registered(name: str) -> bool:
    """Return whether a method *name* is registered so far, without looking at other packages."""
    return isinstance(name, str) and name in _methods


def get(name: str) -> Method:
    """Return the method *name*; raise AttrWidgetError if it does not exist."""
    if not is_registered(name):
        _import_entry_points()
    if not is_registered(name):
        close = did_you_mean(name, _methods)
        ours = ", ".join(known.name for known in _methods.values() if known.package is None)
        raise AttrWidgetError(
            f"There is no method {name!r}{close}: take one of {ours}, or others of attrwidget.list_methods()."
        )
    return _methods[name]


def all_methods() -> list[Method]:
    """Return all methods in the order in which they are listed."""
    _import_entry_points()
    return list(_methods.values())


def list_methods() -> pd.DataFrame:
    """List all methods.

    Methods of other packages are imported the first time.

    Returns:
        A table with a row for each method by name: ``title``; ``formula``, with *s* the score that is explained and *e*
        an input's embedding; ``signed``; ``cost``; ``needs``, what a model must allow; ``options`` and their defaults;
        ``source``.

    Example:
        >>> import attrwidget as aw
        >>> aw.list_methods().loc["saliency", "cost"]
        'one backward pass per generated token'
    """
    from attrwidget.tables import Table

    return Table([_row(method) for method in all_methods()]).set_index("name")


def _row(method: Method) -> dict[str, str | bool]:
    needs = [NEEDS[need] for need in method.needs]
    if method.package:
        needs.append(f"the library {method.package}")
    return {
        "name": method.name,
        "title": method.title,
        "formula": method.formula,
        "signed": method.signed,
        "cost": method.cost,
        "needs": ", ".join(needs),
        "options": ", ".join(f"{option}={value!r}" for option, value in method.options.items()),
        "source": method.source,
    }


def _import_entry_points() -> None:
    """Import the methods of other packages, once; what cannot be imported is a warning."""
    with _lock:
        if ENTRY_POINTS in _imported:
            return
        _imported.add(ENTRY_POINTS)  # before the imports, which may list methods
        for point in entry_points(group=ENTRY_POINTS):
            _import(point)


def _import(point: EntryPoint) -> None:
    try:
        point.load()
    except Exception as error:  # noqa: BLE001 - another package's code may raise anything
        package = point.dist.name if point.dist else "unknown"
        warnings.warn(
            f"The package {package!r} offers the method {point.name!r} ({point.value}), which is left out: "
            f"{type(error).__name__}: {first_line(error)}.",
            stacklevel=2,
        )
