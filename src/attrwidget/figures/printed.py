"""Write a drawing as PDF or PNG; Matplotlib draws it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.figures.layout import Box, Stroke, Words
from attrwidget.figures.svg import hatching

if TYPE_CHECKING:
    from attrwidget.figures.fonts import Fonts
    from attrwidget.figures.layout import Drawing

_POINTS = 72  # of an inch
_DOTS = 96  # of an inch, at scale 1
_HIGHEST = 65_535  # pixels that Matplotlib draws


def to_pdf(drawing: Drawing, fonts: Fonts, label: str) -> bytes:
    """Return *drawing* as PDF, with its fonts and with text that can be searched."""
    return _saved(drawing, fonts, "pdf", {"metadata": {"Title": label, "CreationDate": None}})


def to_png(drawing: Drawing, fonts: Fonts, label: str, scale: float) -> bytes:
    """Return *drawing* as PNG with 96 · *scale* dots for an inch; raise AttrWidgetError if it is too high for one."""
    dots = round(drawing.height / _POINTS * _DOTS * scale)
    if dots > _HIGHEST:
        raise AttrWidgetError(
            f"The figure would be {dots} pixels high, and a PNG has at most {_HIGHEST}: give a smaller scale= than "
            f"{scale:g}, or columns=2, or take .pdf or .svg."
        )
    return _saved(drawing, fonts, "png", {"dpi": _DOTS * scale, "metadata": {"Title": label}})


def _saved(drawing: Drawing, fonts: Fonts, kind: str, options: dict[str, Any]) -> bytes:
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    figure = Figure(
        figsize=(drawing.width / _POINTS, drawing.height / _POINTS), facecolor=f"#{drawing.ground}"
    )
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, drawing.width), ylim=(drawing.height, 0))
    axes.set_axis_off()

    def line(
        x: list[float], y: list[float], color: str | None, thick: float, *, dashed: bool = False
    ) -> None:
        style = (0, (2 / thick, 1.5 / thick)) if dashed else "-"
        axes.add_line(Line2D(x, y, color=f"#{color}", lw=thick, ls=style, solid_capstyle="butt"))

    properties = {mark.size: fonts.properties(mark.size) for mark in drawing.marks if isinstance(mark, Words)}
    with rc_context({"pdf.fonttype": 42, "text.hinting": "none", "axes.unicode_minus": False}):
        for mark in drawing.marks:
            if isinstance(mark, Box) and mark.hatched:
                for x1, y1, x2, y2 in hatching(
                    mark.left, mark.top, mark.left + mark.width, mark.top + mark.height
                ):
                    line([x1, x2], [y1, y2], mark.stroke, mark.thick)
            elif isinstance(mark, Box):
                patch = Rectangle(
                    (mark.left, mark.top),
                    mark.width,
                    mark.height,
                    facecolor=f"#{mark.fill}" if mark.fill else "none",
                    edgecolor=f"#{mark.stroke}" if mark.stroke else "none",
                    linewidth=mark.thick,
                    linestyle=(0, (2 / mark.thick, 1.5 / mark.thick)) if mark.dashed else "-",
                    antialiased=mark.stroke is not None,
                )
                axes.add_patch(patch)
            elif isinstance(mark, Stroke):
                line(
                    [mark.left, mark.left + mark.width],
                    [mark.y, mark.y],
                    mark.color,
                    mark.thick,
                    dashed=mark.dashed,
                )
            else:
                axes.text(
                    mark.left,
                    mark.baseline,
                    mark.text,
                    color=f"#{mark.color}",
                    fontproperties=properties[mark.size],
                    parse_math=False,
                )
        file = io.BytesIO()
        figure.savefig(file, format=kind, facecolor=figure.get_facecolor(), **options)
    return file.getvalue()
