"""What each head gives, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from attrwidget.tables import Table

if TYPE_CHECKING:
    from attrwidget.results.base import Reading
    from attrwidget.results.given import Given


def given_table(given: Given, reading: Reading, *, by_input: bool) -> pd.DataFrame:
    """Return *given* as a table, see ``Explanation.heads``; *reading* has the names of the inputs."""
    layers, heads = (range(count) for count in given.heads.shape)
    if by_input:
        rows = pd.MultiIndex.from_product([layers, heads], names=["layer", "head"])
        columns = pd.Index(reading.tokens.labels[: reading.n_inputs], name="input")
        table = Table(given.pairs.reshape(len(rows), -1), index=rows, columns=columns)
    else:
        table = Table(given.heads, index=pd.Index(layers, name="layer"), columns=pd.Index(heads, name="head"))
    table.attrs.update(reading=given.reading, sinks=given.sinks)
    return table
