"""Write what is shown as a figure; the end of the file's name says in which form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError, did_you_mean
from attrwidget.figures.fonts import Fonts
from attrwidget.figures.look import Look
from attrwidget.figures.printed import to_pdf, to_png
from attrwidget.figures.sheet import Sheet
from attrwidget.figures.svg import to_svg
from attrwidget.figures.views.flow import FlowView
from attrwidget.figures.views.heads import heads_view
from attrwidget.figures.views.layers import LayersView
from attrwidget.figures.views.matrix import MatrixView
from attrwidget.figures.views.text import TextView
from attrwidget.files import writable, write_whole
from attrwidget.page.state import initial_state
from attrwidget.still.sentences import printable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from attrwidget.figures.views.view import View
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

FORMATS = ("svg", "pdf", "png", "tex", "md", "csv")
_PLAIN = Look()
_VIEWS: dict[str, Callable[[Reading, Mapping[str, Any], Progress | None], View]] = {
    "text": TextView,
    "flow": FlowView,
    "matrix": MatrixView,
    "heads": heads_view,
    "layers": LayersView,
}


def write_figure(
    reading: Reading,
    path: str | os.PathLike[str],
    state: Mapping[str, Any],
    look: Look = _PLAIN,
    progress: Progress | None = None,
) -> Path:
    """Write the figure of *reading* in a *state*, by trait, whose missing traits have their default.

    Raises:
        AttrWidgetError: The path cannot be written, its ending is unknown, or no font has a
            character of the text.
    """
    target = writable(path, "why.svg")
    form = target.suffix[1:].lower()
    if form not in FORMATS:
        raise AttrWidgetError(
            f"A figure ends in .{', .'.join(FORMATS)}, not in {target.suffix or 'nothing'!r}"
            f"{did_you_mean(form, FORMATS)}."
        )
    write_whole(target, figure(reading, form, state, look, progress))
    return target


def figure(
    reading: Reading,
    form: str,
    state: Mapping[str, Any],
    look: Look = _PLAIN,
    progress: Progress | None = None,
) -> bytes:
    """Return the figure of *reading* in the form of one of ``FORMATS``; see ``write_figure``."""
    view = view_of(reading, {**initial_state(reading), **state}, progress)
    if form == "csv":
        return view.to_csv()
    if form == "md":
        return view.to_markdown(caption=look.caption)
    text = "\n".join([view.words(), *(view.caption if look.caption else [])])
    fonts = Fonts(printable(text, keep="\n"), look.font)
    if form == "tex":
        return view.to_latex(fonts, look)
    if form != "svg":
        fonts.require_all()
    sheet = Sheet(fonts, look)
    view.draw(sheet)
    drawing = sheet.drawing(view.caption)
    label = " · ".join(view.caption[:2])
    if form == "svg":
        return to_svg(drawing, fonts.families, label)
    return to_pdf(drawing, fonts, label) if form == "pdf" else to_png(drawing, fonts, label, look.scale)


def view_of(reading: Reading, state: Mapping[str, Any], progress: Progress | None) -> View:
    """Return the view that a page in this *state* shows; raise AttrWidgetError for one without a figure."""
    view = _VIEWS.get(state["view"])
    if state["view"] == "compare":
        raise AttrWidgetError(
            "Compare has no figure of its own: write one of each explanation, such as "
            "ex.figure('one.svg', view='text'), and set them side by side."
        )
    if view is None:
        raise AttrWidgetError(f"There is no figure of {state['view']!r}: take view= {', '.join(_VIEWS)}.")
    return view(reading, state, progress)
