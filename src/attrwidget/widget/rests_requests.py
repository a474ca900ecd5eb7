"""Requests for what the sentences of an answer rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.page.packing import float_bytes
from attrwidget.widget.query import Answer, Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading


def rests(reading: Reading, _args: Mapping[str, Any]) -> Query:
    """Check a request for the fall of each sentence without each document or tool."""
    known = reading.rests
    if known is None or not known.units:
        raise AttrWidgetError(
            "There are no documents or tools here that could be left out, with the model at hand."
        )

    def answer(progress: Progress) -> Answer:
        falls = known.falls(progress)
        return Answer({"rows": len(falls), "cols": len(known.units)}, float_bytes(falls.astype(np.float32)))

    return Query(len(known.units), answer)
