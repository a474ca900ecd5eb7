"""Requests for a file: the figure of what a page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_choice, short
from attrwidget.errors import AttrWidgetError
from attrwidget.figures.look import Look
from attrwidget.page.checks import check_bool
from attrwidget.page.state import SHARED, checked
from attrwidget.widget.query import Answer, Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

FORMS = ("pdf", "tex", "md", "csv")
"""The forms that a page asks for; it makes the others itself."""


def figure(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for a figure."""
    form = check_choice(args["form"], "form", FORMS)
    look = Look(args["columns"], args["theme"], check_bool(args["caption"], "caption"))
    sent = args["state"]
    if not isinstance(sent, dict) or set(sent) != set(SHARED):
        raise AttrWidgetError(f"The state has {', '.join(SHARED)}, not {short(sent)}.")
    held = checked(reading, "held", sent["held"])
    state = {name: checked(reading, name, value, held) for name, value in sent.items()}

    def answer(progress: Progress) -> Answer:
        from attrwidget.figures.figure import figure as drawn

        return Answer({"form": form}, drawn(reading, form, state, look, progress))

    return Query(1, answer)
