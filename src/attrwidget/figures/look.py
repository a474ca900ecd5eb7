"""How a figure looks."""

from __future__ import annotations

from dataclasses import dataclass

from attrwidget.checks import check_choice
from attrwidget.errors import AttrWidgetError
from attrwidget.figures.colors import THEMES
from attrwidget.figures.marks import WIDTHS

_LARGEST = 10.0


@dataclass(frozen=True)
class Look:
    """How a figure looks, whatever it shows; ``Presentation.figure`` explains each part.

    Raises:
        AttrWidgetError: A number of columns, a theme or a scale that there is not.
    """

    columns: int = 1
    theme: str = "light"
    caption: bool = True
    scale: float = 3
    font: str | None = None

    def __post_init__(self) -> None:
        if self.columns not in WIDTHS or isinstance(self.columns, bool):
            raise AttrWidgetError(f"A figure is 1 or 2 columns wide, not {self.columns!r}.")
        check_choice(self.theme, "theme", tuple(THEMES))
        number = isinstance(self.scale, int | float) and not isinstance(self.scale, bool)
        if not number or not 0 < self.scale <= _LARGEST:
            raise AttrWidgetError(
                f"scale is a number above 0 and up to {_LARGEST:g}, such as 2 or 3, not {self.scale!r}."
            )
