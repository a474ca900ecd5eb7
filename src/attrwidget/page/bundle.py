"""Read the built front end: two scripts beside this file, made from ``js/`` and not in git."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from attrwidget.errors import AttrWidgetError

_FOLDER = Path(__file__).parent / "static"


def read_bundle(name: str) -> str:
    """Return the script *name*, ``"widget.js"`` or ``"page.js"``; raise AttrWidgetError when it was not built."""
    path = _FOLDER / name
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise AttrWidgetError(
            f"The front end is not built ({path} is missing): run 'make bundle' in the checkout, or 'npm ci' and "
            "'npm run build', or install attrwidget from a wheel."
        ) from None


@cache
def _read(path: Path, _changed: int) -> str:
    return path.read_text(encoding="utf-8")
