"""Where the notebooks of the course are, and what they need."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from attrwidget.errors import AttrWidgetError

HERE = Path(__file__).parent
PLACES = (HERE / "notebooks", HERE.parents[2] / "docs/course")  # in a wheel, in a checkout
NEEDED = ("captum", "conllu", "lime", "shap", "usearch")


def folder() -> Path:
    """Return the folder of the notebooks; raise AttrWidgetError when they cannot be run."""
    found = next((place for place in PLACES if place.is_dir()), None)
    if found is None:
        raise AttrWidgetError(
            "The notebooks of the course are not installed: install attrwidget from its wheel."
        )
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise AttrWidgetError(
            f"The course needs {', '.join(missing)}: pip install 'attrwidget[app,corpus,methods]'."
        )
    return found
