"""SHAP: Owen values over a tree of neighbouring units, by the library's Partition explainer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.external.callback import rows_step_by_step, run_with_callback
from attrwidget.methods.external.importing import library
from attrwidget.methods.external.seeds import seeded
from attrwidget.methods.method import Figures, Method
from attrwidget.methods.registry import register
from attrwidget.methods.shared.checks import check_count
from attrwidget.methods.shared.masked_coalitions import MaskedCoalitions
from attrwidget.methods.shared.notes import note_on_coalitions

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.external.callback import Ask, Explained
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


_BATCH = 64


def _compute(
    trace: Trace,
    target: Target,
    steps: Sequence[int],
    _selection: HeadSelection,
    *,
    units: Any,
    evaluations: int,
) -> Rows:
    check_count("evaluations", evaluations)
    library("shap")  # before any work, and not first in another thread
    coalitions = MaskedCoalitions(trace, units)

    def explain(step: int) -> Generator[int, None, Explained]:
        count, ends = coalitions.count(step), coalitions.score_none_and_all(step, target)
        values = np.full(count, ends[1] - ends[0])  # of a single unit
        if count > 1:
            values = yield from run_with_callback(
                partial(_partition, count, int(evaluations)),
                lambda masks: coalitions.score_step(step, masks > 0.5, target),
            )
        row = coalitions.row(step, values)
        return row, Figures.adding_up(row[None], *ends[:, None])

    return rows_step_by_step(steps, explain, [int(evaluations)] * len(steps))


def _partition(count: int, evaluations: int, score: Ask) -> NDArray[np.float64]:
    """Return SHAP values ``[count]`` of the function *score* of masks ``[b, count]``."""
    shap = library("shap")
    nothing, text = np.zeros((1, count)), np.ones((1, count))
    masker = shap.maskers.Partition(nothing, clustering=neighbours(count))
    explainer = shap.explainers.Partition(score, masker)
    evaluations = max(evaluations, 2 * count + 1)
    with seeded(0):  # it draws numbers of no consequence
        values = explainer(text, max_evals=evaluations, batch_size=_BATCH, silent=True).values[0]
    return np.asarray(values, dtype=np.float64)


def neighbours(count: int) -> NDArray[np.float64]:
    """Return a binary tree of *count* leaves in order, halved from the top, as SciPy's linkage matrix."""
    rows: list[tuple[float, float, float, float]] = []

    def join(start: int, stop: int) -> int:
        if stop - start == 1:
            return start
        middle = (start + stop + 1) // 2
        left, right = join(start, middle), join(middle, stop)
        rows.append((left, right, (stop - start) / count, stop - start))
        return count + len(rows) - 1

    join(0, count)
    return np.array(rows)


SHAP = register(
    Method(
        name="shap",
        title="SHAP",
        description="SHAP values of {target} (Partition explainer), inputs masked from attention",
        question="need",
        formula="Owen values of s over a tree of neighbouring units; sums to s(x) − s(special tokens alone)",
        cost="some 500 forward passes per generated token, batched",
        source="Lundberg & Lee 2017 (arXiv:1705.07874), by the library shap",
        compute=_compute,
        distribution="change",
        signed=True,
        target_function="log_odds",
        needs=("masking",),
        options={"units": "token", "evaluations": 500},
        package="shap",
        note=note_on_coalitions,
    )
)
