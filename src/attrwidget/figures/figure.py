"""Write what is shown as a figure; the end of the file's name says in which form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_choice
from attrwidget.errors import AttrWidgetError, did_you_mean
from attrwidget.figures.colors import THEMES
from attrwidget.figures.fonts import Fonts
from attrwidget.figures.latex import to_latex
from attrwidget.figures.layout import WIDTHS, lay_out
from attrwidget.figures.markdown import to_markdown
from attrwidget.figures.picture import picture_of
from attrwidget.figures.printed import to_pdf, to_png
from attrwidget.figures.shown import shown_of
from attrwidget.figures.svg import to_svg
from attrwidget.figures.table import to_csv
from attrwidget.files import writable, write_whole
from attrwidget.page.state import initial_state
from attrwidget.still.sentences import printable

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    from attrwidget.figures.picture import Picture
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

FORMATS = ("svg", "pdf", "png", "tex", "md", "csv")
_LARGEST = 10.0


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
    picture = picture_of(reading, shown_of(reading, {**initial_state(reading), **state}), progress)
    if form == "csv":
        return to_csv(reading, picture)
    if form == "md":
        return to_markdown(picture, caption=caption)
    fonts = Fonts(_text(picture, caption=caption), font)
    if form == "tex":
        return to_latex(picture, fonts, columns=columns, theme=theme, caption=caption)
    if form != "svg":
        fonts.require_all()
    drawing = lay_out(picture, fonts, columns=columns, theme=theme, caption=caption)
    label = " · ".join(picture.caption[:2])
    if form == "svg":
        return to_svg(drawing, fonts.families, label)
    return to_pdf(drawing, fonts, label) if form == "pdf" else to_png(drawing, fonts, label, scale)


def _text(picture: Picture, *, caption: bool) -> str:
    """Return all that is written in a picture."""
    parts = [
        text for part in picture.parts for text in (part.title, part.note, *(u.text for u in part.units))
    ]
    return printable("\n".join([*parts, *(picture.caption if caption else [])]), keep="\n")
