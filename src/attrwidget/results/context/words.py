"""The words of an answer and of a context, of which the tokens are parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from attrwidget.tables import Table
from attrwidget.text.tokens import visible
from attrwidget.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.results.base import Reading


def word_names(reading: Reading) -> list[str]:
    """Return the word that each token of the answer is of."""
    names = list(reading.tokens.labels)
    for word in words_of(reading.tokens, reading.first_step):
        name = visible("".join(unit.text for unit in word))
        names[word[0].start : word[-1].end] = [name] * (word[-1].end - word[0].start)
    return names[reading.first_step :]


def summed_by_word(
    reading: Reading, shares: NDArray[np.float64], context: Sequence[int], steps: pd.Index
) -> tuple[pd.DataFrame, tuple[tuple[int, int], ...]]:
    """Return *shares* summed by word of the context, and the tokens of these words."""
    wanted, columns, names, places = set(context), [], [], []
    for word in words_of(reading.tokens, 0):
        at = [i for i in range(word[0].start, word[-1].end) if i in wanted]
        if at:
            columns.append(shares[:, at].sum(axis=1))
            names.append(visible("".join(unit.text for unit in word)))
            places.append((at[0], at[-1] + 1))
    values = np.stack(columns, axis=1) if columns else np.empty((len(shares), 0))
    return Table(values, index=steps, columns=pd.Index(names, name="context")), tuple(places)
