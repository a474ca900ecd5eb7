"""The text view: the text with its tints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.figures.latex import to_latex
from attrwidget.figures.markdown import to_markdown
from attrwidget.figures.picture import picture_of
from attrwidget.figures.shown import shown_of
from attrwidget.figures.table import to_csv
from attrwidget.figures.values import in_units
from attrwidget.figures.views.text_layout import TextLayout, draw_scale
from attrwidget.figures.views.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.figures.fonts import Fonts
    from attrwidget.figures.look import Look
    from attrwidget.figures.sheet import Sheet
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading


class TextView(View):
    """The text of a reading, tinted by the scores of what is explained."""

    pictured = "text"

    def __init__(self, reading: Reading, state: Mapping[str, Any], progress: Progress | None) -> None:
        shown = shown_of(reading, state)
        self._reading = in_units(reading, shown.options["units"])
        self._picture = picture_of(self._reading, shown, progress)
        self.caption = self._picture.caption

    def words(self) -> str:
        """Return titles, notes and the text."""
        parts = self._picture.parts
        return "\n".join(text for p in parts for text in (p.title, p.note, *(unit.text for unit in p.units)))

    def draw(self, sheet: Sheet) -> None:
        """Draw the text and the scale of its tints."""
        TextLayout(self._picture, sheet).draw()
        sheet.y += 2
        draw_scale(self._picture, sheet)

    def to_csv(self) -> bytes:
        """Return a row for each score."""
        return to_csv(self._reading, self._picture.shown, self._picture.rows)

    def to_markdown(self, *, caption: bool) -> bytes:
        """Return the strongest words in bold, and a table of them."""
        return to_markdown(self._picture, caption=caption)

    def to_latex(self, fonts: Fonts, look: Look) -> bytes:
        """Return the text in colour boxes."""
        return to_latex(self._picture, fonts, look)
