"""Attention weights as a table, labelled by token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods import get
from attrwidget.methods.request.make import make_request
from attrwidget.methods.request.normalize import normalize_rows
from attrwidget.methods.shared.attention_weights import weight_rows
from attrwidget.results.attention_parts import part_table

if TYPE_CHECKING:
    import pandas as pd

    from attrwidget.methods import HeadSelection
    from attrwidget.results.live import LiveReading


def attention_table(
    reading: LiveReading, selection: HeadSelection, targets: str, part: str | None
) -> pd.DataFrame:
    """Return the attention weights of a *selection* of heads; see ``Explanation.attention``."""
    if targets not in ("steps", "all"):
        raise AttrWidgetError(f"targets must be 'steps' or 'all', not {targets!r}.")
    trace = reading.trace
    if part is not None:
        return part_table(trace, part, selection, steps_only=targets == "steps")
    if targets == "steps":
        request = make_request(trace, "attention", selection=selection)
        raw = reading.raw(request, range(reading.n_steps))
        return reading.frame(normalize_rows(raw, get("attention"), None))
    read = range(trace.n_source, trace.n_inputs)
    values = np.empty((len(read), trace.n_inputs), dtype=np.float32)
    for positions, weights in weight_rows(trace, read, selection):
        values[np.subtract(positions, read.start)] = weights
    return reading.frame(values, reading.tokens.labels[read.start : read.stop])
