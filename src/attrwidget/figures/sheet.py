"""A figure that is being laid out, from top to bottom; what all views write alike: small texts and scales."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.figures.bidi import right_to_left
from attrwidget.figures.colors import THEMES
from attrwidget.figures.lines import lines_of
from attrwidget.figures.marks import WIDTHS, Box, Drawing, Words
from attrwidget.still.sentences import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.figures.fonts import Fonts
    from attrwidget.figures.look import Look
    from attrwidget.figures.marks import Mark

MARGIN = 3.0
SMALL = 6.0
CAPTION_LINE = 8.5
_BAR = 60.0


class Sheet:
    """The paper of one figure.

    Attributes:
        y: How far it is filled, in points from its top.
    """

    def __init__(self, fonts: Fonts, look: Look) -> None:
        self.fonts, self.look, self.theme = fonts, look, THEMES[look.theme]
        self.width = WIDTHS[look.columns]
        self.marks: list[Mark] = []
        self.y = MARGIN

    @property
    def room(self) -> float:
        """The width without its margins."""
        return self.width - 2 * MARGIN

    def add(self, *marks: Mark) -> None:
        """Draw *marks* over what is there."""
        self.marks.extend(marks)

    def small(self, text: str) -> None:
        """Write a text in small letters below what is there, in as many lines as it takes."""
        for line in lines_of([printable(text)], self.fonts, SMALL, self.room):
            baseline = self.y + CAPTION_LINE - 2.5
            for place in line:
                if not place.piece.text.isspace():
                    words = (place.piece.text, place.left + MARGIN, baseline, place.width, SMALL)
                    self.add(Words(*words, self.theme.soft, right_to_left(place.piece.text)))
            self.y += CAPTION_LINE

    def words(self, text: str, left: float, baseline: float, size: float, color: str = "") -> float:
        """Write a text that begins at *left*; return where it ends."""
        width = self.fonts.width(text, size)
        self.add(Words(text, left, baseline, width, size, color or self.theme.soft, right_to_left(text)))
        return left + width

    def scale(self, low: str, high: str, colors: Sequence[str]) -> None:
        """Draw a scale of *colors* with the numbers of its ends."""
        baseline = self.y + CAPTION_LINE - 2.5
        start = self.words(low, MARGIN, baseline, SMALL) + 3
        for k, color in enumerate(colors):
            step = _BAR / len(colors)
            self.add(Box(start + k * step, baseline - 4.6, step, 5, fill=color))
        self.add(Box(start, baseline - 4.6, _BAR, 5, stroke=self.theme.soft, thick=0.3))
        self.words(high, start + _BAR + 3, baseline, SMALL)
        self.y += CAPTION_LINE + 1

    def drawing(self, caption: Sequence[str]) -> Drawing:
        """Return what was drawn, above the sentences of the *caption*."""
        for sentence in caption if self.look.caption else ():
            self.small(sentence)
        return Drawing(self.width, self.y + MARGIN, self.theme.ground, self.marks)
