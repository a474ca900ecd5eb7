"""The result of an evaluation, as tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from attrwidget.errors import AttrWidgetError
from attrwidget.tables import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

METRICS = ("comprehensiveness", "sufficiency", "deletion", "insertion", "abpc")
_GRID = np.linspace(0, 1, 21)


@dataclass(frozen=True)
class StepCurves:
    """The curves and measures of one order of one step's inputs.

    Attributes:
        shares: The shares of inputs taken away or put back, from 0 to 1.
        deletion: The step's score with each share taken away.
        insertion: The step's score with each share put back.
        metrics: The measures, by the names in ``METRICS``.
    """

    shares: NDArray[np.floating]
    deletion: NDArray[np.floating]
    insertion: NDArray[np.floating]
    metrics: dict[str, float]


@dataclass(frozen=True, repr=False)
class Evaluation:
    """How faithful methods are, beside random orders, and how far they agree; made by ``attrwidget.evaluate``.

    Attributes:
        judged: Every order's own curves, by ``(name, step)``.
        methods: The methods that were judged.
        agreement: A table with a row for each ``(method, other)`` and the columns ``kendall_tau`` (tau-b),
            ``spearman``, ``top_k`` (share of the highest in common) and ``rank_biased_overlap`` (p = 0.9): means over
            steps of ``attrwidget.evaluation.correlation``. Two signed methods are compared by value, others by size.
        step_labels: The texts of all steps.
        target_function: ``"log_prob"`` or ``"probability"``.
        random: How many random orders there are.
        notes: Sentences on what was left out.

    Example:
        >>> evaluation = aw.evaluate(ex)
        >>> evaluation.summary["deletion"].idxmin()
    """

    judged: dict[tuple[str, int], StepCurves]
    methods: list[str]
    agreement: pd.DataFrame
    step_labels: list[str]
    target_function: str
    random: int
    notes: list[str] = field(default_factory=list)

    @cached_property
    def by_step(self) -> pd.DataFrame:
        """Every measure of every method and random order at each step; index ``(method, step)``."""
        index = pd.MultiIndex.from_tuples(self.judged, names=["method", "step"])
        return Table([one.metrics for one in self.judged.values()], index=index)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Every measure as a mean over steps: a row per method, then the mean, least and greatest random order."""
        means = self.by_step.groupby(level="method", sort=False).mean()
        drawn = means.loc[[f"random {i}" for i in range(self.random)]]
        band = Table({"random": drawn.mean(), "random least": drawn.min(), "random greatest": drawn.max()})
        return pd.concat([means.loc[self.methods], band.T]).rename_axis("method")

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Both curves as a mean over steps; see ``curves_of``. To draw: ``evaluation.curves["deletion"].plot()``."""
        return self._curves(sorted({step for _, step in self.judged}))

    def curves_of(self, step: int) -> pd.DataFrame:
        """Return both curves of one *step*.

        Index: the share of inputs taken away or put back, from 0 to 1, in between by straight lines. Columns
        ``("deletion" or "insertion", method)``, and the mean, least and greatest of the random orders.

        Args:
            step: The index of a step that was evaluated.

        Raises:
            AttrWidgetError: The step was not evaluated.
        """
        if step not in {known for _, known in self.judged}:
            raise AttrWidgetError(f"Step {step!r} was not evaluated: {_steps(self.judged)} were.")
        return self._curves([step])

    def _curves(self, steps: list[int]) -> pd.DataFrame:
        """Return both curves as a mean over *steps*."""
        columns = {}
        for kind in ("deletion", "insertion"):
            for name in self.methods:
                columns[kind, name] = self._curve(kind, name, steps)
            drawn = [self._curve(kind, f"random {i}", steps) for i in range(self.random)]
            columns[kind, "random"] = np.mean(drawn, axis=0)
            columns[kind, "random least"] = np.min(drawn, axis=0)
            columns[kind, "random greatest"] = np.max(drawn, axis=0)
        frame = Table(columns, index=pd.Index(_GRID.round(2), name="share"))
        return frame.rename_axis(columns=["curve", "method"])

    def _curve(self, kind: str, name: str, steps: list[int]) -> NDArray[np.floating]:
        found = [self.judged[name, step] for step in steps]
        curves = [np.interp(_GRID, one.shares, getattr(one, kind)) for one in found]
        mean: NDArray[np.floating] = np.mean(curves, axis=0)
        return mean

    def __repr__(self) -> str:
        what = {"log_prob": "log-probability", "probability": "probability"}[self.target_function]
        count = len({step for _, step in self.judged})
        shown = self.summary.rename(columns={name: f"{name} {_BETTER[name]}" for name in METRICS})
        lines = [
            f"Faithfulness by {what}, mean of {count} step{'s' * (count > 1)}, {self.random} random orders",
            shown.to_string(float_format=lambda value: f"{value:.3f}"),
        ]
        if len(self.methods) > 1:
            lines += ["", "Agreement (Kendall's tau-b)", _square(self.agreement, self.methods)]
        return "\n".join([*lines, *self.notes])


_BETTER = {"comprehensiveness": "↑", "sufficiency": "↓", "deletion": "↓", "insertion": "↑", "abpc": "↑"}


def _square(agreement: pd.DataFrame, methods: list[str]) -> str:
    square = agreement["kendall_tau"].unstack().loc[methods, methods]  # noqa: PD010
    square = square.set_axis([str(i + 1) for i in range(len(methods))], axis=1)
    square = square.set_axis([f"{i + 1} {name}" for i, name in enumerate(methods)], axis=0)
    return str(square.to_string(float_format=lambda value: f"{value:.2f}"))


def _steps(judged: dict[tuple[str, int], StepCurves]) -> str:
    return f"steps {', '.join(map(str, sorted({step for _, step in judged})))}"
