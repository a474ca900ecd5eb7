"""`load("demo-sentiment")`: a classifier of film reviews; the words that decide each label are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from attrwidget.demo.records import read
from attrwidget.demo.sentiment.review import LABELS, Review, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FOLDER", "LABELS", "Review", "Span", "reviews"]

FOLDER = Path(__file__).parent / "model"


def reviews() -> Iterator[Review]:
    """Yield the reviews that travel with the model, in a fixed order; none of them was seen in training."""
    return read(FOLDER, Review)
