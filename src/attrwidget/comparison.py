"""Compare two explanations: ``compare``."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.evaluation.correlation import kendall_tau_b
from attrwidget.presentation import Presentation
from attrwidget.results.align import Group, groups_of, linked_steps, linked_units
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.widget import ExplanationWidget

_TOP = 5


def compare(
    one: Presentation, other: Presentation, *, methods: str | Sequence[str] | None = None
) -> Comparison:
    """Show two explanations side by side: of two models, two texts, or two methods.

    Words are linked by their characters, so that two tokenizers can cut them as they like: what is hovered or held in
    one text is so in the other.

    Args:
        one: An explanation, live or saved.
        other: Another one, or the same one to compare two methods.
        methods: The method of both, or that of each; by default those that they show first. Of the same explanation,
            the second one is leave-one-out, or the next other one.

    Returns:
        What shows as the widget in a notebook, and has the numbers and the page.

    Raises:
        AttrWidgetError: Something given is no explanation, or a method does not exist.

    Example:
        >>> aw.compare(model.explain("I liked it"), model.explain("I hated it")).numbers()
    """
    for given in (one, other):
        if not isinstance(given, Presentation):
            raise AttrWidgetError(
                f"compare takes two explanations, such as those of model.explain, not {type(given).__name__}."
            )
    return Comparison(one.reading, other.reading, _methods(one.reading, other.reading, methods))


def _methods(one: Reading, other: Reading, methods: str | Sequence[str] | None) -> tuple[str, str]:
    """Return the names of the methods of both."""
    if methods is None:
        first, known = one.methods()[0].name, [info.name for info in other.methods()]
        if one is not other:
            return first, first if first in known else known[0]
        others = [name for name in known if name != first]
        return first, "leave_one_out" if "leave_one_out" in others else next(iter(others), first)
    names = [methods, methods] if isinstance(methods, str) else list(methods)
    if len(names) != 2:
        raise AttrWidgetError(
            f"methods= takes one name for both explanations, or two names, not {len(names)}."
        )
    return one.method(names[0]).name, other.method(names[1]).name


class Comparison:
    """Two explanations side by side; made by ``compare``.

    As the last line of a notebook cell it shows as the widget.
    """

    def __init__(self, one: Reading, other: Reading, methods: tuple[str, str]) -> None:
        self._one, self._other, self._methods = one, other, methods
        self._lock = threading.Lock()
        self._widget: ExplanationWidget | None = None

    def __repr__(self) -> str:
        return f"Comparison({self._one!r}, {self._other!r})"

    def numbers(self, progress: Progress | None = None) -> pd.DataFrame:
        """Return how alike both order the words, one row for each step of the first.

        Args:
            progress: Called with ``(done, total)`` for the scores of each explanation in turn.

        Returns:
            Columns: ``token`` and ``other``, the words explained; ``words``, how many are compared; ``kendall_tau``
            (tau-b); ``top_5``, how many of the five highest both have; ``parts_at``, the word of either five whose
            ranks differ most, with its ``rank`` and ``other_rank``, from 1. Two signed methods are compared by value,
            others by size; a word of several tokens has their sum.

        Example:
            >>> aw.compare(ex, ex, methods=["saliency", "leave_one_out"]).numbers()["kendall_tau"]
        """
        one, other = self._one, self._other
        links = (
            linked_units(one, other) if one is not other else [(u, u) for u in range(len(one.tokens.units))]
        )
        groups = groups_of(links)
        both = range(one.n_steps), range(other.n_steps)
        rows = [
            reading.rows(method, steps, progress=progress)
            for reading, method, steps in zip((one, other), self._methods, both, strict=True)
        ]
        signed = one.method(self._methods[0]).signed and other.method(self._methods[1]).signed
        table = []
        for step in both[0]:
            steps = linked_steps(one, other, links, step)
            here = _of_groups(one, rows[0][step], [group.one for group in groups])
            there = _of_groups(other, _joined(rows[1][steps]), [group.other for group in groups])
            labels = (one.tokens.labels[one.first_step + step], _labels(other, steps))
            table.append([*labels, *self._alike(groups, here, there, signed=signed)])
        columns = ["token", "other", "words", "kendall_tau", "top_5", "parts_at", "rank", "other_rank"]
        return Table(table, columns=columns)

    def _alike(
        self, groups: list[Group], here: NDArray[np.float64], there: NDArray[np.float64], *, signed: bool
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
            text = "".join(self._one.tokens.units[u].text for u in groups[known[at]].one).strip()
            parting = [text, int(ranks[0, at]), int(ranks[1, at])]
        return [len(known), kendall_tau_b(x, y), int(highest.all(0).sum()), *parting]

    @property
    def widget(self) -> ExplanationWidget:
        """The widget of the first explanation with the second beside it; its traits are those of the first."""
        from attrwidget.widget import ExplanationWidget

        with self._lock:
            if self._widget is not None and getattr(self._widget.comm, "_closed", False):
                self._widget.close()
            if self._widget is None or self._widget.comm is None:
                one, other = self._methods
                beside = None if self._one is self._other else self._other
                self._widget = ExplanationWidget(
                    self._one, other=beside, other_method=other, method=one, view="compare"
                )
            return self._widget

    def to_html(
        self,
        path: str | Path | None = None,
        *,
        methods: str | Sequence[str] | None = None,
        max_mb: float | None = None,
        title: str | None = None,
        progress: Progress | None = None,
    ) -> Path | str:
        """Write one offline HTML file that compares them, or return it.

        Args:
            path: Where to write it; without one, the page is returned as a text.
            methods: Names of methods that both carry; by default those compared, and what ``ex.to_html`` carries.
            max_mb: The largest size in megabytes of each explanation; 10 by default.
            title: The heading; by default a question about the first answer.
            progress: Called with ``(done, total)``, of each explanation in turn.

        Returns:
            The path written, or the page.

        Raises:
            AttrWidgetError: The path cannot be written, or a method does not exist or does not fit.

        Example:
            >>> aw.compare(ex1, ex2).to_html("two.html")
        """
        from attrwidget.export.html import to_html

        one, other = self._methods
        beside = None if self._one is self._other else self._other
        return to_html(
            self._one,
            path,
            methods=methods,
            max_mb=max_mb,
            title=title,
            shown={"method": one, "view": "compare"},
            other=beside,
            other_method=other,
            progress=progress,
        )

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.widget._repr_mimebundle_(**options)


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
