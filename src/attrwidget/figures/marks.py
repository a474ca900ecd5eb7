"""What a figure is made of: boxes, lines, curves, pictures and words, which each format draws in its own way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WIDTHS = {1: 234.0, 2: 486.0}  # points: 3.25 and 6.75 inches, a column of a paper and its page
_HATCH = 3.0  # points between two strokes


class Box(NamedTuple):
    """A rectangle with its *fill* or its *stroke* colour, or None; hatched with its stroke, or dashed."""

    left: float
    top: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    thick: float = 0.0
    dashed: bool = False
    hatched: bool = False


class Line(NamedTuple):
    """A line through *points*, or with *curved* a cubic Bézier curve of four of them; dashed, or dotted."""

    points: tuple[tuple[float, float], ...]
    color: str
    thick: float
    dashed: bool = False
    dotted: bool = False
    curved: bool = False


class Words(NamedTuple):
    """A text on a *baseline*, *width* points wide; *turned*, it runs up from its left end."""

    text: str
    left: float
    baseline: float
    width: float
    size: float
    color: str
    right_to_left: bool = False
    turned: bool = False


class Raster(NamedTuple):
    """A picture whose elements are boxes of one colour: *pixels* are uint8 ``[rows, columns, 3]``."""

    left: float
    top: float
    width: float
    height: float
    pixels: NDArray[np.uint8]


Mark = Box | Line | Words | Raster


@dataclass
class Drawing:
    """All marks of a figure, in the order in which they are drawn; lengths in points from the top left corner."""

    width: float
    height: float
    ground: str
    marks: list[Mark] = field(default_factory=list)


def hatching(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float, float, float]]:
    """Return the ends of strokes at 45 degrees, from the lower left to the upper right, that stay inside a box."""
    height = bottom - top
    strokes = []
    at = left - height + _HATCH / 2
    while at < right:
        start, end = max(at, left), min(at + height, right)
        strokes.append((start, bottom - (start - at), end, bottom - (end - at)))
        at += _HATCH
    return strokes
