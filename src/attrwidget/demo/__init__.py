"""The bundled models: tiny, trained on small grammars, so that it is known what decides each of their answers.

Each has a folder here with its grammar, its training script and its model in Hugging Face format; `path(name)` is
that model's folder, and `sentences()` of each package are what travels with it: texts and their planted truth.
Importing this imports neither torch nor transformers.
"""

from __future__ import annotations

from pathlib import Path

from attrwidget.demo.causal import Sentence, Span, sentences
from attrwidget.errors import AttrWidgetError

__all__ = ["NAMES", "Sentence", "Span", "path", "sentences"]

NAMES = {
    "demo": "causal",
    "demo-translation": "translation",
    "demo-sentiment": "sentiment",
    "demo-masked": "masked",
}
"""The names that `load` knows, and the package of each."""


def path(name: str = "demo") -> Path:
    """The folder of a bundled model. Raises AttrWidgetError, naming them all, when *name* is none of them."""
    if name not in NAMES:
        raise AttrWidgetError(f"No bundled model is called {name!r}: take one of {', '.join(NAMES)}.")
    return Path(__file__).parent / NAMES[name] / "model"
