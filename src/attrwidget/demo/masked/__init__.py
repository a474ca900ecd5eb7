"""`load("demo-masked")`: a masked language model of the facts of `load("demo")`, which fills in any part of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from attrwidget.demo.masked.gaps import Gaps, Span
from attrwidget.demo.records import read

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FOLDER", "Gaps", "Span", "sentences"]

FOLDER = Path(__file__).parent / "model"


def sentences() -> Iterator[Gaps]:
    """Yield the sentences that travel with the model, in a fixed order: facts with the answer masked, and others."""
    return read(FOLDER, Gaps)
