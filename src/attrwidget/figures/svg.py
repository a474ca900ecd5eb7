"""Write a drawing as SVG, in which text stays text."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from attrwidget.figures.marks import Box, Line, Raster, hatching

if TYPE_CHECKING:
    from attrwidget.figures.marks import Drawing, Words

_NAME = "http://www.w3.org/2000/svg"
_DASHES, _DOTS = "2 1.5", "0.8 1.6"


def to_svg(drawing: Drawing, families: list[str], label: str) -> bytes:
    """Return *drawing* as a file; *label* says in words what it shows.

    Each text has the width it was laid out with, so that it fits its tint in any font.
    """
    width, height = f"{drawing.width:g}", f"{drawing.height:.2f}"
    root = ET.Element(
        "svg",
        {
            "xmlns": _NAME,
            "width": f"{width}pt",
            "height": f"{height}pt",
            "viewBox": f"0 0 {width} {height}",
            "role": "img",
            "aria-label": label,
            "font-family": ", ".join([*(f"'{family}'" for family in families), "sans-serif"]),
        },
    )
    ET.SubElement(root, "title").text = label
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": f"#{drawing.ground}"})
    for mark in drawing.marks:
        if isinstance(mark, Box):
            _box(root, mark)
        elif isinstance(mark, Line):
            _path(root, mark)
        elif isinstance(mark, Raster):
            _raster(root, mark)
        else:
            _words(root, mark)
    ET.indent(root, "")
    return bytes(ET.tostring(root, "utf-8", xml_declaration=True))


def _box(root: ET.Element, box: Box) -> None:
    left, top, right, bottom = box.left, box.top, box.left + box.width, box.top + box.height
    if box.hatched:
        strokes = hatching(left, top, right, bottom)
        path = "".join(f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}" for x1, y1, x2, y2 in strokes)
        ET.SubElement(root, "path", {"d": path, **_line(box.stroke, box.thick)})
        return
    attributes = {
        "x": _n(left),
        "y": _n(top),
        "width": _n(box.width),
        "height": _n(box.height),
        "fill": f"#{box.fill}" if box.fill else "none",
        **(_line(box.stroke, box.thick, _DASHES if box.dashed else "") if box.stroke else {}),
    }
    ET.SubElement(root, "rect", attributes)


def _path(root: ET.Element, line: Line) -> None:
    first, *others = (f"{_n(x)} {_n(y)}" for x, y in line.points)
    dashes = _DASHES if line.dashed else _DOTS if line.dotted else ""
    path = f"M{first}{'C' if line.curved else 'L'}{' '.join(others)}"
    ET.SubElement(root, "path", {"d": path, "fill": "none", **_line(line.color, line.thick, dashes)})


def _raster(root: ET.Element, raster: Raster) -> None:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(raster.pixels).save(file, "PNG", optimize=True)
    attributes = {
        "x": _n(raster.left),
        "y": _n(raster.top),
        "width": _n(raster.width),
        "height": _n(raster.height),
        "preserveAspectRatio": "none",
        "style": "image-rendering:pixelated",
        "href": f"data:image/png;base64,{b64encode(file.getvalue()).decode()}",
    }
    ET.SubElement(root, "image", attributes)


def _line(color: str | None, thick: float, dashes: str = "") -> dict[str, str]:
    return {
        "stroke": f"#{color}",
        "stroke-width": _n(thick),
        **({"stroke-dasharray": dashes} if dashes else {}),
    }


def _words(root: ET.Element, words: Words) -> None:
    # An "x" of text from right to left is its right end.
    x = words.left + words.width if words.right_to_left and not words.turned else words.left
    y = words.baseline - words.width if words.right_to_left and words.turned else words.baseline
    attributes = {
        "x": _n(x),
        "y": _n(y),
        "font-size": _n(words.size),
        "fill": f"#{words.color}",
        "textLength": _n(words.width),
        "lengthAdjust": "spacingAndGlyphs",
        **({"direction": "rtl"} if words.right_to_left else {}),
        **({"transform": f"rotate(-90 {_n(x)} {_n(y)})"} if words.turned else {}),
    }
    ET.SubElement(root, "text", attributes).text = words.text


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
