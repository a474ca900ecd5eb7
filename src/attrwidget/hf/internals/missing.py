"""Warn when a library lacks a part that attrwidget relies on."""

from __future__ import annotations

import warnings

_warned: set[str] = set()


def warn_missing(name: str, effect: str) -> None:
    """Warn once per process that Transformers has no *name*, and what that changes for the user."""
    import transformers

    if name in _warned:
        return
    _warned.add(name)
    warnings.warn(
        f"Transformers {transformers.__version__} has no {name}: {effect}. Install a version of Transformers that "
        "attrwidget supports: pip install --upgrade --force-reinstall attrwidget.",
        stacklevel=3,
    )
