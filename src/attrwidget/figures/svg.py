"""Write a drawing as SVG, in which text stays text."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from attrwidget.figures.layout import Box, Stroke

if TYPE_CHECKING:
    from attrwidget.figures.layout import Drawing, Words

_NAME = "http://www.w3.org/2000/svg"
_HATCH = 3.0  # points between two strokes
_DASHES = "2 1.5"


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
        elif isinstance(mark, Stroke):
            _stroke(root, mark)
        else:
            _words(root, mark)
    ET.indent(root, "")
    return bytes(ET.tostring(root, "utf-8", xml_declaration=True))


def _box(root: ET.Element, box: Box) -> None:
    left, top, right, bottom = box.left, box.top, box.left + box.width, box.top + box.height
    if box.hatched:
        ET.SubElement(
            root, "path", {"d": hatch_path(left, top, right, bottom), **_line(box.stroke, box.thick)}
        )
        return
    attributes = {
        "x": _n(left),
        "y": _n(top),
        "width": _n(box.width),
        "height": _n(box.height),
        "fill": f"#{box.fill}" if box.fill else "none",
        **(_line(box.stroke, box.thick, dashed=box.dashed) if box.stroke else {}),
    }
    ET.SubElement(root, "rect", attributes)


def hatch_path(left: float, top: float, right: float, bottom: float) -> str:
    """Return strokes from the lower left to the upper right that stay inside a box."""
    return "".join(
        f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}" for x1, y1, x2, y2 in hatching(left, top, right, bottom)
    )


def hatching(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float, float, float]]:
    """Return the ends of strokes at 45 degrees that stay inside a box."""
    height = bottom - top
    strokes = []
    at = left - height + _HATCH / 2
    while at < right:
        start, end = max(at, left), min(at + height, right)
        strokes.append((start, bottom - (start - at), end, bottom - (end - at)))
        at += _HATCH
    return strokes


def _stroke(root: ET.Element, stroke: Stroke) -> None:
    path = f"M{_n(stroke.left)} {_n(stroke.y)}h{_n(stroke.width)}"
    ET.SubElement(root, "path", {"d": path, **_line(stroke.color, stroke.thick, dashed=stroke.dashed)})


def _line(color: str | None, thick: float, *, dashed: bool = False) -> dict[str, str]:
    dashes = {"stroke-dasharray": _DASHES} if dashed else {}
    return {"stroke": f"#{color}", "stroke-width": _n(thick), **dashes}


def _words(root: ET.Element, words: Words) -> None:
    # An "x" of text from right to left is its right end.
    x = words.left + words.width if words.right_to_left else words.left
    attributes = {
        "x": _n(x),
        "y": _n(words.baseline),
        "font-size": _n(words.size),
        "fill": f"#{words.color}",
        "textLength": _n(words.width),
        "lengthAdjust": "spacingAndGlyphs",
        **({"direction": "rtl"} if words.right_to_left else {}),
    }
    ET.SubElement(root, "text", attributes).text = words.text


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
