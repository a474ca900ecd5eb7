"""The table of ``Explanation.scores``: rows of steps, or of several as one, normalised and labelled."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.request.footnotes import attributes_of, unscored
from attrwidget.methods.request.normalize import normalize_rows
from attrwidget.results.one_target import averaged, label_of, note_on_row, summed
from attrwidget.results.through import note_on_passing, pass_on

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pandas as pd

    from attrwidget.methods.request.make import Request
    from attrwidget.progress import Progress
    from attrwidget.results.computed import ComputedReading


@dataclass(frozen=True)
class ScoreTable:
    """How the rows of a request become a table.

    Attributes:
        normalize: As in ``normalize_rows``.
        source_only: Whether the source alone is scored.
        passed: The steps that shares are passed on through; None passes none on.
        one: The steps that one row explains; None gives each step its row.
    """

    normalize: str | None
    source_only: bool = False
    passed: Collection[int] | None = None
    one: range | None = None

    def of(self, reading: ComputedReading, request: Request, progress: Progress | None) -> pd.DataFrame:
        """Return the scores of *request*, labelled; warn of steps without any."""
        added = request.method.signed or self.normalize is None
        steps: Sequence[int] = range(reading.n_steps)
        if self.one is not None and self.passed is None:
            steps = self.one
        at_once = self.one is not None and len(self.one) > 1 and request.method.linear
        if at_once:
            request, steps = request.of_sum(steps), steps[-1:]
        raw = reading.raw(request, steps, progress, bar=True)
        sentence = unscored(request, reading.trace, raw, steps)
        if sentence is not None:
            warnings.warn(sentence, stacklevel=3)
        if self.source_only:
            raw[:, reading.n_source :] = np.nan
        attributes = attributes_of(request, reading.trace, reading.cache, steps)
        if self.one is not None and added:
            raw = summed(raw)
        rows = normalize_rows(raw, request.method, self.normalize)
        if self.passed is not None:
            rows = pass_on(rows, reading.first_step, self.passed)
            attributes["note"] = note_on_passing(request.method.question)
        if self.one is None:
            return _labelled(reading, rows, attributes)
        if not added:
            rows = averaged(rows if self.passed is None else rows[self.one])
        explained = request.method.target_function is not None and request.target.function == "log_prob"
        joint = explained and len(self.one) > 1 and reading.trace.writes_text
        made = note_on_row(len(self.one), added=added, at_once=at_once, joint=joint)
        attributes = _of_one(attributes, self.one, made)
        return _labelled(reading, rows, attributes, [label_of(reading, self.one)])


def _of_one(attributes: dict[str, Any], steps: range, made: str) -> dict[str, Any]:
    """Return the *attributes* of the steps' rows as those of their one row, which was *made* so."""
    one = {**attributes, "note": "; ".join(filter(None, [made, attributes.get("note")]))}
    if "base_values" in one:
        one["base_values"] = [sum(one["base_values"])]
    if "foil" in one:
        one["foil"] = [one["foil"][step] for step in steps]
    return one


def _labelled(
    reading: ComputedReading, rows: Any, attributes: dict[str, Any], labels: list[str] | None = None
) -> pd.DataFrame:
    frame = reading.frame(rows, labels)
    frame.attrs.update(attributes)
    return frame
