"""Contexts that can be left out of a text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from attrwidget.progress import Progress
    from attrwidget.results.context.reliance import ContextReliance


class ContextSpan(NamedTuple):
    """Tokens ``start`` up to ``end``, which are taken away, and those from ``first`` up to ``last``, its words."""

    start: int
    end: int
    first: int
    last: int


class Offered(NamedTuple):
    """A context: its name in a sentence, and its spans."""

    title: str
    spans: tuple[ContextSpan, ...]


class Contexts(ABC):
    """Contexts of one explanation.

    Attributes:
        offered: Those that can be left out.
        made: What was found of them, by their place in *offered*.
    """

    offered: list[Offered]
    made: dict[int, ContextReliance]

    @abstractmethod
    def run(self, which: int, progress: Progress | None = None) -> ContextReliance:
        """Return what the context *which* changed, and keep it."""
