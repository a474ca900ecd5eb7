"""What a figure of a view is: its words, its marks, and its tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from attrwidget.figures.fonts import Fonts
    from attrwidget.figures.look import Look
    from attrwidget.figures.sheet import Sheet


IN_MARKDOWN = 20
"""The most columns of a table in Markdown."""


class View(ABC):
    """A view of a reading in a state, ready to be drawn.

    Attributes:
        pictured: What of it only a drawing holds, such as "arcs".
        instead: What else has its numbers, or "".
        caption: Sentences below.
    """

    pictured: ClassVar[str]
    instead: ClassVar[str] = ""
    caption: list[str]

    @abstractmethod
    def words(self) -> str:
        """Return all that is written in the drawing, without the caption."""

    @abstractmethod
    def draw(self, sheet: Sheet) -> None:
        """Draw it, and its scale."""

    def to_csv(self) -> bytes:
        """Return its numbers as a table; raise AttrWidgetError where they are none."""
        raise self._refused("CSV")

    def to_markdown(self, *, caption: bool) -> bytes:  # noqa: ARG002
        """Return it as Markdown; raise AttrWidgetError where that cannot hold it."""
        raise self._refused("Markdown")

    def to_latex(self, fonts: Fonts, look: Look) -> bytes:  # noqa: ARG002
        """Return it as LaTeX; raise AttrWidgetError where that cannot hold it."""
        raise self._refused("LaTeX")

    def _too_wide(self, columns: int) -> AttrWidgetError:
        return AttrWidgetError(
            f"Markdown has room for {IN_MARKDOWN} columns, not {columns}: take .csv, .svg, .pdf or .png."
        )

    def _refused(self, form: str) -> AttrWidgetError:
        instead = f", or {self.instead}" if self.instead else ""
        paper = r" \includegraphics sets the .pdf into a paper." if form == "LaTeX" else ""
        return AttrWidgetError(f"{form} holds no {self.pictured}: take .svg, .pdf or .png{instead}.{paper}")
