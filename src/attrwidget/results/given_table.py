"""What each head gives, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from attrwidget.checks import check_step
from attrwidget.errors import AttrWidgetError
from attrwidget.tables import Table

if TYPE_CHECKING:
    from attrwidget.results.base import Reading
    from attrwidget.results.given import Given
    from attrwidget.results.live import LiveReading


def read_heads(
    reading: LiveReading, step: int | None, foil: str | int | None, *, by_input: bool
) -> pd.DataFrame:
    """Return what each head gives to *step*, or to all in the mean; see ``Explanation.heads``."""
    if step is None:
        if foil is not None:
            raise AttrWidgetError(f"foil={foil!r} belongs to one step: give step= too.")
        steps = range(reading.n_steps)
    else:
        steps = range(check_step(step, reading.n_steps), int(step) + 1)
    if not reading.n_layers:
        raise AttrWidgetError(reading.attention_note or f"{reading.model_name} shows no attention.")
    other = None if foil is None else reading.contrasts.find_one(steps[0], foil)
    given = reading.given.of_steps(steps, other, patient=True)
    return _table(given, reading, by_input=by_input)


def _table(given: Given, reading: Reading, *, by_input: bool) -> pd.DataFrame:
    """Return *given* as a table; *reading* has the names of the inputs."""
    layers, heads = (range(count) for count in given.heads.shape)
    if by_input:
        rows = pd.MultiIndex.from_product([layers, heads], names=["layer", "head"])
        columns = pd.Index(reading.tokens.labels[: reading.n_inputs], name="input")
        table = Table(given.pairs.reshape(len(rows), -1), index=rows, columns=columns)
    else:
        table = Table(given.heads, index=pd.Index(layers, name="layer"), columns=pd.Index(heads, name="head"))
    table.attrs.update(reading=given.reading, sinks=given.sinks)
    return table
