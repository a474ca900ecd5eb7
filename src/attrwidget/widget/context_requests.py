"""Requests for what a context changed in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_index, short
from attrwidget.errors import AttrWidgetError
from attrwidget.page.contexts import found_entry
from attrwidget.widget.query import Answer, Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading


def context(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request to leave out a context of ``content``, by its place there."""
    contexts = reading.contexts
    if contexts is None:
        raise AttrWidgetError(
            "A text without its context needs the model, and this explanation has none of it."
        )
    which, count = args["context"], len(contexts.offered)
    if not is_index(which, count):
        raise AttrWidgetError(f"There is no context {short(which)}: this text has {count}, counted from 0.")

    def answer(progress: Progress) -> Answer:
        return Answer(found_entry(contexts.run(int(which), progress)), b"")

    return Query(0 if which in contexts.made else reading.n_steps, answer)
