"""How alike two explanations order the words of their texts: ``aw.compare(...).numbers()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.evaluation.correlation import kendall_tau_b
from attrwidget.results.align import Group, groups_of, linked_steps, linked_units
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

_TOP = 5
_COLUMNS = ["token", "other", "words", "kendall_tau", "top_5", "parts_at", "rank", "other_rank"]


def likeness(
    one: Reading, other: Reading, methods: tuple[str, str], progress: Progress | None = None
) -> pd.DataFrame:
    """Return how alike *methods*, one of each, order the words that both texts have; see ``Comparison.numbers``."""
    links = linked_units(one, other)
    groups = groups_of(links, one, other)
    both = range(one.n_steps), range(other.n_steps)
    rows = [
        reading.rows(method, steps, progress=progress)
        for reading, method, steps in zip((one, other), methods, both, strict=True)
    ]
    signed = one.method(methods[0]).signed and other.method(methods[1]).signed
    table = []
    for step in both[0]:
        steps = linked_steps(one, other, links, step)
        here = _of_groups(one, rows[0][step], [group.one for group in groups])
        there = _of_groups(other, _joined(rows[1][steps]), [group.other for group in groups])
        labels = (one.tokens.labels[one.first_step + step], _labels(other, steps))
        table.append([*labels, *_alike(one, groups, here, there, signed=signed)])
    return Table(table, columns=_COLUMNS)


def likeness_text(row: Mapping[Hashable, Any]) -> str:
    """Return a row of ``likeness`` as a line: "Tokyo: Kendall's τ +.82 over 5 words, 4 of the 5 highest in both"."""
    words = row["words"]
    token, other = (row[name].strip() or "␣" for name in ("token", "other"))
    name = token if token == other else f"{token} and {other}"
    if words < 2 or np.isnan(row["kendall_tau"]):
        return f"{name}: no order to compare, {words} word{'' if words == 1 else 's'} in both."
    tau = f"{row['kendall_tau']:+.2f}".replace("-", "−")
    line = f"{name}: Kendall's τ {tau} over {words} words, {row['top_5']} of the {min(_TOP, words)} highest in both"
    if row["parts_at"]:
        line += f"; they part at {row['parts_at']}, number {row['rank']:.0f} and {row['other_rank']:.0f}"
    return f"{line}."


def _alike(
    one: Reading,
    groups: list[Group],
    here: NDArray[np.float64],
    there: NDArray[np.float64],
    *,
    signed: bool,
) -> list[Any]:
    """Return the numbers of one step."""
    known = np.flatnonzero(~(np.isnan(here) | np.isnan(there)))
    x, y = here[known], there[known]
    if not signed:
        x, y = np.abs(x), np.abs(y)
    ranks = np.stack([_ranks(x), _ranks(y)])
    k = min(_TOP, len(known))
    highest = ranks <= k
    gaps = np.where(highest.any(0), np.abs(ranks[0] - ranks[1]), -1)
    parting: list[Any] = ["", None, None]
    if len(gaps) and gaps.max() > 1:
        at = int(gaps.argmax())
        text = "".join(one.tokens.units[u].text for u in groups[known[at]].one).strip()
        parting = [text, int(ranks[0, at]), int(ranks[1, at])]
    return [len(known), kendall_tau_b(x, y), int(highest.all(0).sum()), *parting]


def _joined(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of *rows*; an input that a step could not see counts as 0, one that none saw as NaN."""
    unseen = np.isnan(rows).all(0) if len(rows) else np.ones(rows.shape[1], bool)
    mean = np.nan_to_num(rows).sum(0) / max(1, len(rows))
    return np.where(unseen, np.float32("nan"), mean)


def _of_groups(reading: Reading, row: NDArray[np.floating], groups: list[list[int]]) -> NDArray[np.float64]:
    """Return the sum of each group of units; NaN where none of them has a score."""
    units = [row[u.start : min(u.end, reading.n_inputs)] for u in reading.tokens.units]
    found = [np.concatenate([units[u] for u in group]) for group in groups]
    return np.array([np.nan if np.isnan(v).all() else np.nansum(v, dtype=np.float64) for v in found])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return ranks from 1, the highest first, equal ones in the order of the text."""
    ranks = np.empty(len(values), np.intp)
    ranks[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
    return ranks


def _labels(reading: Reading, steps: list[int]) -> str:
    return " ".join(reading.tokens.labels[reading.first_step + step] for step in steps)
