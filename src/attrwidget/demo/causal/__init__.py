"""`load("demo")`: a causal language model of facts about countries, their capitals and the people who led them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from attrwidget.demo.causal.sentence import Sentence, Span
from attrwidget.demo.records import read

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FOLDER", "Sentence", "Span", "sentences"]

FOLDER = Path(__file__).parent / "model"


def sentences() -> Iterator[Sentence]:
    """Yield the sentences that travel with the model, in a fixed order: each fact asked plainly, then among fillers."""
    return read(FOLDER, Sentence)
