"""The bundled models: tiny, trained on small grammars, so that we know what decides each of their answers.

Each has a package here with its grammar, its training script and its model in Hugging Face format. ``path(name)``
returns that model's folder; each package reads the texts that travel with its model, with their planted truth.
Importing this imports neither torch nor transformers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.bundled import BUNDLED, folder_of
from attrwidget.demo.causal import Sentence, Span, sentences

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["NAMES", "Sentence", "Span", "path", "sentences"]

NAMES = {one.name: one.package for one in BUNDLED}
"""The names that `load` knows, and the package of each."""


def path(name: str = "demo") -> Path:
    """Return the folder of a bundled model.

    Args:
        name: One of ``NAMES``.

    Raises:
        AttrWidgetError: There is no such model; the sentence names them all.
    """
    return folder_of(name)
