"""Why did the model say that? Attribution and attention of language models, in one notebook widget.

Importing this package imports neither torch nor transformers; loading a model does.
"""

from __future__ import annotations

import importlib
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError, Cancelled

if TYPE_CHECKING:
    from attrwidget.captured import capture
    from attrwidget.evaluation import evaluate
    from attrwidget.explanation import Explanation
    from attrwidget.interop import (
        SavedExplanation,
        from_captum,
        from_inseq,
        from_lime,
        from_scores,
        from_shap,
    )
    from attrwidget.interop import open as open  # noqa: A004 - like Image.open
    from attrwidget.methods import method, methods
    from attrwidget.model import Model, load

try:
    __version__ = version("attrwidget")
except PackageNotFoundError:
    __version__ = "0+unknown"

# ``open`` is left out, so that ``from attrwidget import *`` does not hide Python's own.
__all__ = [
    "AttrWidgetError",
    "Cancelled",
    "Explanation",
    "Model",
    "SavedExplanation",
    "__version__",
    "capture",
    "evaluate",
    "from_captum",
    "from_inseq",
    "from_lime",
    "from_scores",
    "from_shap",
    "load",
    "method",
    "methods",
]

_HOMES = {
    "Explanation": "attrwidget.explanation",
    "Model": "attrwidget.model",
    "SavedExplanation": "attrwidget.interop",
    "capture": "attrwidget.captured",
    "evaluate": "attrwidget.evaluation",
    "from_captum": "attrwidget.interop",
    "from_inseq": "attrwidget.interop",
    "from_lime": "attrwidget.interop",
    "from_scores": "attrwidget.interop",
    "from_shap": "attrwidget.interop",
    "load": "attrwidget.model",
    "method": "attrwidget.methods",
    "methods": "attrwidget.methods",
    "open": "attrwidget.interop",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'attrwidget' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
