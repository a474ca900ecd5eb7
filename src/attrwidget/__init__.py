"""Why did the model say that? Attribution and attention of language models, in one notebook widget.

Importing this package imports neither torch nor transformers; loading a model does.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError, Cancelled
from attrwidget.version import __version__

if TYPE_CHECKING:
    from attrwidget import teach
    from attrwidget.capture_calls import capture
    from attrwidget.comparison import compare
    from attrwidget.corpora.corpus import Corpus
    from attrwidget.corpora.make import corpus
    from attrwidget.dataset.collection import Collection
    from attrwidget.dataset.explain import explain_dataset
    from attrwidget.evaluation import evaluate
    from attrwidget.explanation import Explanation
    from attrwidget.formats.read.captum import from_captum
    from attrwidget.formats.read.inseq import from_inseq
    from attrwidget.formats.read.lime import from_lime
    from attrwidget.formats.read.scores import from_scores
    from attrwidget.formats.read.shap import from_shap
    from attrwidget.kinds.model import Model
    from attrwidget.load_model import load
    from attrwidget.methods import Target, Trace, list_methods, register_method
    from attrwidget.open_file import open as open  # noqa: A004 - like Image.open
    from attrwidget.remote.connect import connect
    from attrwidget.remote.explanation import RemoteExplanation
    from attrwidget.saved import SavedExplanation
    from attrwidget.self_explanation.ask import self_explain
    from attrwidget.self_explanation.result import SelfExplanation
    from attrwidget.text.prompt import Prompt

# ``open`` is left out, so that ``from attrwidget import *`` does not hide Python's own.
__all__ = [
    "AttrWidgetError",
    "Cancelled",
    "Collection",
    "Corpus",
    "Explanation",
    "Model",
    "Prompt",
    "RemoteExplanation",
    "SavedExplanation",
    "SelfExplanation",
    "Target",
    "Trace",
    "__version__",
    "capture",
    "compare",
    "connect",
    "corpus",
    "evaluate",
    "explain_dataset",
    "from_captum",
    "from_inseq",
    "from_lime",
    "from_scores",
    "from_shap",
    "list_methods",
    "load",
    "register_method",
    "self_explain",
    "teach",
]

_HOMES = {
    "Collection": "attrwidget.dataset.collection",
    "Corpus": "attrwidget.corpora.corpus",
    "Explanation": "attrwidget.explanation",
    "Model": "attrwidget.kinds.model",
    "Prompt": "attrwidget.text.prompt",
    "RemoteExplanation": "attrwidget.remote.explanation",
    "SavedExplanation": "attrwidget.saved",
    "SelfExplanation": "attrwidget.self_explanation.result",
    "Target": "attrwidget.methods",
    "Trace": "attrwidget.methods",
    "capture": "attrwidget.capture_calls",
    "compare": "attrwidget.comparison",
    "connect": "attrwidget.remote.connect",
    "corpus": "attrwidget.corpora.make",
    "evaluate": "attrwidget.evaluation",
    "explain_dataset": "attrwidget.dataset.explain",
    "from_captum": "attrwidget.formats.read.captum",
    "from_inseq": "attrwidget.formats.read.inseq",
    "from_lime": "attrwidget.formats.read.lime",
    "from_scores": "attrwidget.formats.read.scores",
    "from_shap": "attrwidget.formats.read.shap",
    "list_methods": "attrwidget.methods",
    "load": "attrwidget.load_model",
    "open": "attrwidget.open_file",
    "register_method": "attrwidget.methods",
    "self_explain": "attrwidget.self_explanation.ask",
}


def __getattr__(name: str) -> Any:
    if name == "teach":
        return importlib.import_module("attrwidget.teach")
    if name not in _HOMES:
        raise AttributeError(f"module 'attrwidget' has no attribute {name!r}")
    if "IPython" in sys.modules:
        importlib.import_module("attrwidget.lists").show_lists()
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "open"])
