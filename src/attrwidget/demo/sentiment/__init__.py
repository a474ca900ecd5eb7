"""`load("demo-sentiment")` and its biased twin: classifiers of reviews; the words that decide each label are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.demo.records import read
from attrwidget.demo.sentiment.attacks import ATTACKS, Attack
from attrwidget.demo.sentiment.readers import BIASED, PLAIN, Reader
from attrwidget.demo.sentiment.review import LABELS, Review, Span, positivity

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ATTACKS",
    "BIASED",
    "FOLDER",
    "LABELS",
    "PLAIN",
    "Attack",
    "Reader",
    "Review",
    "Span",
    "positivity",
    "reviews",
]

FOLDER = PLAIN.folder


def reviews(reader: Reader = PLAIN) -> Iterator[Review]:
    """Yield the reviews that travel with a model, in a fixed order; none of them was seen in training.

    Film reviews come first, then everyday ones. The labels are those that the model was taught.
    """
    return read(reader.folder, Review)
