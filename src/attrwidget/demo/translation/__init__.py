"""`load("demo-translation")`: a translator from Chinese to English whose word alignments are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from attrwidget.demo.records import read
from attrwidget.demo.translation.sentence import Span, Translation

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EVERYDAY", "FOLDER", "Span", "Translation", "sentences"]

FOLDER = Path(__file__).parent / "model"
EVERYDAY = 200
"""How many everyday sentences travel with the model; those about fields of study follow, in both scripts."""


def sentences() -> Iterator[Translation]:
    """Yield the sentences that travel with the model, in a fixed order; none of them was seen in training."""
    return read(FOLDER, Translation)
