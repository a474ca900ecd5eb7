"""Import other libraries when they are needed."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

from attrwidget.errors import AttrWidgetError, first_line


def library(name: str, part: str = "") -> Any:
    """Import the library *name*, or its module *part*; raise AttrWidgetError if that fails."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what its own imports warn of
            return importlib.import_module(f"{name}.{part}" if part else name)
    except ImportError as error:
        raise AttrWidgetError(
            f"This needs {name}, which cannot be imported ({first_line(error)}): pip install {name}."
        ) from error
