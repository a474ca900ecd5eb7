"""Write the scores of a figure as CSV: a row for each score, as ``to_pandas`` has them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from attrwidget.figures.picture import Picture
    from attrwidget.results.base import Reading

_COLUMNS = ("method", "step", "token", "position", "input", "score")


def to_csv(reading: Reading, picture: Picture) -> bytes:
    """Return the scores shown; none for NaN. Of a step with a foil, the column ``foil`` names it."""
    shown, labels, first = picture.shown, reading.tokens.labels, reading.first_step
    foil = [shown.foil.text.strip()] if shown.foil else []
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow([*_COLUMNS, *(["foil"] if foil else [])])
    for step, row in zip(shown.steps, picture.rows, strict=False):  # a word and its foil are one row
        for position, score in enumerate(row):
            if not np.isnan(score):
                token, text = labels[first + step], labels[position]
                table.writerow([shown.method.name, step, token, position, text, str(score), *foil])
    return file.getvalue().encode("utf-8", "replace")
