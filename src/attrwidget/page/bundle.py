"""Read the built front end: three scripts beside this file, made from ``js/`` and not in git."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import traitlets

from attrwidget.errors import AttrWidgetError

_FOLDER = Path(__file__).parent / "static"


def read_bundle(name: str) -> str:
    """Return the script *name*, such as ``"widget.js"``; raise AttrWidgetError when it was not built."""
    path = _FOLDER / name
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise AttrWidgetError(
            f"The front end is not built ({path} is missing): run 'make bundle' in the checkout, or 'npm ci' and "
            "'npm run build', or install attrwidget from a wheel."
        ) from None


def widget_script() -> Path | traitlets.Unicode[str, str | bytes]:
    """Return ``_esm`` of a widget class: a trait that each widget fills with the built script.

    With ``ANYWIDGET_HMR=1`` it is the path of the script. Anywidget then watches that file, and open widgets take a new
    script as soon as it is built.
    """
    path = _FOLDER / "widget.js"
    if os.environ.get("ANYWIDGET_HMR") == "1" and path.is_file():
        return path
    return traitlets.Unicode().tag(sync=True)


@cache
def _read(path: Path, _changed: int) -> str:
    return path.read_text(encoding="utf-8")
