"""Write scores as one long table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.results.base import Reading


def to_pandas(reading: Reading, methods: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Return a table with a row for every score of *methods*, as the screen shows it; none for NaN.

    Args:
        reading: What to convert.
        methods: Names of ``reading.methods()``; by default the first.

    Returns:
        Columns ``method``, ``step`` and ``token`` (the generated one), ``position`` and ``input`` (the token that the
        score belongs to), ``score`` (float32).

    Raises:
        AttrWidgetError: A method does not exist, or *methods* is empty.
    """
    infos = reading.methods()[:1] if methods is None else reading.named(methods)
    labels = np.asarray(reading.tokens.labels, dtype=object)
    parts = []
    for info in infos:
        rows = reading.rows(info.name, range(reading.n_steps))
        steps, positions = np.nonzero(~np.isnan(rows))
        columns = {
            "method": info.name,
            "step": steps,
            "token": labels[reading.first_step + steps],
            "position": positions,
            "input": labels[positions],
            "score": rows[steps, positions],
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
