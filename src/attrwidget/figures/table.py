"""Write the scores of a figure as CSV: a row for each score, as ``to_pandas`` has them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.figures.shown import Shown
    from attrwidget.results.base import Reading

_COLUMNS = ("method", "step", "token", "position", "input", "score")


def to_csv(reading: Reading, shown: Shown, rows: NDArray[np.float32]) -> bytes:
    """Return *rows*, the scores of what is *shown*, without NaN. The column ``foil`` is there where there is one."""
    labels, first = reading.tokens.labels, reading.first_step
    foil = [shown.foil.text.strip()] if shown.foil else []
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow([*_COLUMNS, *(["foil"] if foil else [])])
    for step, row in zip(shown.steps, rows, strict=False):  # a word and its foil are one row
        for position, score in enumerate(row):
            if not np.isnan(score):
                token, text = labels[first + step], labels[position]
                table.writerow([shown.method.name, step, token, position, text, str(score), *foil])
    return file.getvalue().encode("utf-8", "replace")
