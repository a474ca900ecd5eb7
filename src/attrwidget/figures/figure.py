"""Write what is shown as a figure; the end of the file's name says in which form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_choice
from attrwidget.errors import AttrWidgetError, did_you_mean
from attrwidget.figures.colors import THEMES
from attrwidget.figures.fonts import Fonts
from attrwidget.figures.marks import WIDTHS
from attrwidget.figures.printed import to_pdf, to_png
from attrwidget.figures.sheet import Look, Sheet
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
_LARGEST = 10.0
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
    *,
    columns: int = 1,
    theme: str = "light",
    caption: bool = True,
    scale: float = 3,
    font: str | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the figure of *reading* in a *state*, by trait, whose missing traits have their default.

    Raises:
        AttrWidgetError: The path cannot be written, its ending is unknown, an option is none, or no font has a
            character of the text.
    """
    target = writable(path, "why.svg")
    form = target.suffix[1:].lower()
    if form not in FORMATS:
        raise AttrWidgetError(
            f"A figure ends in .{', .'.join(FORMATS)}, not in {target.suffix or 'nothing'!r}"
            f"{did_you_mean(form, FORMATS)}."
        )
    data = figure(
        reading,
        form,
        state,
        columns=columns,
        theme=theme,
        caption=caption,
        scale=scale,
        font=font,
        progress=progress,
    )
    write_whole(target, data)
    return target


def figure(
    reading: Reading,
    form: str,
    state: Mapping[str, Any],
    *,
    columns: int = 1,
    theme: str = "light",
    caption: bool = True,
    scale: float = 3,
    font: str | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Return the figure of *reading* in the form of one of ``FORMATS``; see ``write_figure``."""
    if columns not in WIDTHS or isinstance(columns, bool):
        raise AttrWidgetError(f"A figure is 1 or 2 columns wide, not {columns!r}.")
    check_choice(theme, "theme", tuple(THEMES))
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 < scale <= _LARGEST:
        raise AttrWidgetError(
            f"scale is a number above 0 and up to {_LARGEST:g}, such as 2 or 3, not {scale!r}."
        )
    look = Look(columns, theme, caption)
    view = view_of(reading, {**initial_state(reading), **state}, progress)
    if form == "csv":
        return view.to_csv()
    if form == "md":
        return view.to_markdown(caption=caption)
    text = "\n".join([view.words(), *(view.caption if caption else [])])
    fonts = Fonts(printable(text, keep="\n"), font)
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
    return to_pdf(drawing, fonts, label) if form == "pdf" else to_png(drawing, fonts, label, scale)


def view_of(reading: Reading, state: Mapping[str, Any], progress: Progress | None) -> View:
    """Return the view that a page in this *state* shows; raise AttrWidgetError for one without a figure."""
    view = _VIEWS.get(state["view"])
    if view is None:
        raise AttrWidgetError(f"There is no figure of {state['view']!r}: take view= {', '.join(_VIEWS)}.")
    return view(reading, state, progress)
