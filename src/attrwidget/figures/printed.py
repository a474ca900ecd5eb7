"""Write a drawing as PDF or PNG; Matplotlib draws it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.figures.marks import Box, Line, Raster, Words, hatching

if TYPE_CHECKING:
    from attrwidget.figures.fonts import Fonts
    from attrwidget.figures.marks import Drawing

_POINTS = 72  # of an inch
_DOTS = 96  # of an inch, at scale 1
_HIGHEST = 65_535  # pixels that Matplotlib draws
_CRISP = 300  # dots of an inch of a picture in a PDF
_SETTINGS: Any = {
    "pdf.fonttype": 42,
    "text.hinting": "none",
    "axes.unicode_minus": False,
    "image.composite_image": False,
}


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

    figure = Figure(
        figsize=(drawing.width / _POINTS, drawing.height / _POINTS), facecolor=f"#{drawing.ground}"
    )
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, drawing.width), ylim=(drawing.height, 0))
    axes.set_axis_off()
    sizes = {mark.size for mark in drawing.marks if isinstance(mark, Words)}
    properties = {size: fonts.properties(size) for size in sizes}
    with rc_context(_SETTINGS):
        for k, mark in enumerate(drawing.marks):
            if isinstance(mark, Box):
                _box(axes, mark, k)
            elif isinstance(mark, Line):
                _line(axes, mark, k)
            elif isinstance(mark, Raster):
                _raster(axes, mark, k, exact=kind == "pdf")
            else:
                axes.text(
                    mark.left,
                    mark.baseline,
                    mark.text,
                    color=f"#{mark.color}",
                    fontproperties=properties[mark.size],
                    parse_math=False,
                    rotation=90 if mark.turned else 0,
                    rotation_mode="anchor",
                    zorder=k,
                )
        file = io.BytesIO()
        figure.savefig(file, format=kind, facecolor=figure.get_facecolor(), **options)
    return file.getvalue()


def _box(axes: Any, box: Box, order: int) -> None:
    from matplotlib.patches import Rectangle

    if box.hatched:
        for x1, y1, x2, y2 in hatching(box.left, box.top, box.left + box.width, box.top + box.height):
            _line(axes, Line(((x1, y1), (x2, y2)), str(box.stroke), box.thick), order)
        return
    patch = Rectangle(
        (box.left, box.top),
        box.width,
        box.height,
        facecolor=f"#{box.fill}" if box.fill else "none",
        edgecolor=f"#{box.stroke}" if box.stroke else "none",
        linewidth=box.thick,
        linestyle=_style(box.thick, 2, 1.5) if box.dashed else "-",
        antialiased=box.stroke is not None,
        zorder=order,
    )
    axes.add_patch(patch)


def _line(axes: Any, line: Line, order: int) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    rest = Path.CURVE4 if line.curved else Path.LINETO
    path = Path(line.points, [Path.MOVETO, *([rest] * (len(line.points) - 1))])
    dashes = (2, 1.5) if line.dashed else (0.8, 1.6)
    style = _style(line.thick, *dashes) if line.dashed or line.dotted else "-"
    patch = PathPatch(
        path,
        fill=False,
        edgecolor=f"#{line.color}",
        linewidth=line.thick,
        linestyle=style,
        capstyle="butt",
        zorder=order,
    )
    axes.add_patch(patch)


def _raster(axes: Any, raster: Raster, order: int, *, exact: bool) -> None:
    """Draw a picture; where its elements are written as they are, each is so many that no viewer blurs them."""
    pixels = raster.pixels
    if exact:
        down, across = (
            max(1, round(_CRISP * size / _POINTS / count))
            for size, count in zip((raster.height, raster.width), pixels.shape, strict=False)
        )
        pixels = pixels.repeat(down, axis=0).repeat(across, axis=1)
    extent = (raster.left, raster.left + raster.width, raster.top + raster.height, raster.top)
    axes.imshow(
        pixels, extent=extent, aspect="auto", interpolation="none" if exact else "nearest", zorder=order
    )


def _style(thick: float, on: float, off: float) -> tuple[int, tuple[float, float]]:
    """Return a dashed style whose lengths are in points."""
    return 0, (on / thick, off / thick)
