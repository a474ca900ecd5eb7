"""``SelfExplanation``: what a model says about its decision, beside what happened when that was tried."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.formats.read.scores import assemble, record
from attrwidget.saved import SavedExplanation
from attrwidget.self_explanation.claims import share
from attrwidget.self_explanation.decision import table_of
from attrwidget.self_explanation.shown import SAYS, TRIED, to_html, to_text
from attrwidget.self_explanation.stated import ENOUGH, Stated
from attrwidget.self_explanation.written import as_json
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from attrwidget.results.saved import SavedReading
    from attrwidget.self_explanation.claims import Claim, Left
    from attrwidget.self_explanation.decision import Decision

NOTE = (
    "This is text that the model wrote, not a measurement. Beside it stands what was measured: the same model, asked "
    "again."
)
"""Stands under every self-explanation."""

ANSWERS = ("claim", "question", "answer", "finished", "coverage", "note")
"""The columns of the table of answers."""


class SelfExplanation(SavedExplanation):
    """What a model says about its decision, and what happened when that was tried; made by ``attrwidget.self_explain``.

    It is an explanation like any other: ``scores("self_reported")`` is what the model says, ``scores("tried")`` how far
    its probability falls without each unit, and ``widget``, ``to_html``, ``figure`` and ``aw.compare`` show both. As
    the last line of a notebook cell it shows the claims in two columns. ``save`` keeps them, and ``aw.open`` brings all
    of it back.

    Attributes:
        label: The decision.
        claims: Each claim, what happened when it was tried, and its mark.
        answers: A row for each answer: ``claim``, ``question``, ``answer`` as it came, ``finished``, ``coverage`` and
            ``note`` on how it was read.
        decisions: A row for each text that was decided about: ``text``, ``label``, the probability of each label,
            ``answered`` and ``counted``.
    """

    def __init__(
        self,
        left: Left,
        claims: Sequence[Claim],
        *,
        stated: Stated | None,
        answers: pd.DataFrame,
        decisions: Mapping[str, Decision],
        labels: Sequence[str],
        model_name: str,
    ) -> None:
        self._left, self._stated, self._decided, self._labels = left, stated, dict(decisions), tuple(labels)
        self.claims = list(claims)
        self.label = left.label
        self.answers, self.decisions = answers, table_of(decisions, labels)
        super().__init__(_reading(left, stated, model_name))

    @property
    def probability(self) -> float:
        """The probability of the decision, among the labels; NaN where it is not known."""
        return self._left.whole.of(self.label)

    @property
    def units(self) -> tuple[str, ...]:
        """The numbered parts of the text that the model was asked about."""
        return self._left.units.texts

    @property
    def coverage(self) -> float:
        """The share of units to which at least one answer gives a number."""
        return 0.0 if self._stated is None else self._stated.coverage

    @property
    def how(self) -> str:
        """How the probabilities are known, in words."""
        whole = self._left.whole
        if not whole.counted:
            return f"by log-probabilities, of which the labels hold {whole.answered:.0%}"
        return f"counted in {whole.counted} answers, of which {whole.answered:.0%} are a label"

    def importances(self) -> pd.DataFrame:
        """Return for each unit what the model says, and what happened when the unit was left out.

        Returns:
            Columns: ``unit``; ``importance``, the mean over the answers, from -1 against the decision to 1 for it;
            ``spread``, their standard deviation; ``answers`` with a number for it; ``drop``, how far the probability of
            the decision falls without it. NaN where something is missing.

        Example:
            >>> result.importances().nlargest(3, "drop")
        """
        stated = self._stated or Stated(np.full((1, len(self.units)), np.nan))
        return Table(
            {
                "unit": [text.strip() for text in self.units],
                "importance": stated.mean,
                "spread": stated.spread,
                "answers": stated.counts,
                "drop": self._left.drops,
            },
            index=range(1, len(self.units) + 1),
        ).rename_axis("number")

    def agreement(self) -> dict[str, float]:
        """Return how far the importances and what happened order the units alike.

        Returns:
            ``kendall_tau`` (tau-b, which counts ties), ``spearman``, ``top_k``, the share of the three highest in
            common, and ``units``, how many are compared. Nothing below a coverage of 80 %.

        Example:
            >>> result.agreement().get("kendall_tau")
        """
        from attrwidget.evaluation.correlation import kendall_tau_b, spearman, top_overlap

        if self._stated is None:
            return {}
        mean, drops = self._stated.mean, self._left.drops
        both = np.flatnonzero(~(np.isnan(mean) | np.isnan(drops)))
        if len(both) < max(2, ENOUGH * len(mean)):
            return {}
        x, y = mean[both], drops[both]
        return {
            "kendall_tau": kendall_tau_b(x, y),
            "spearman": spearman(x, y),
            "top_k": top_overlap(x, y, min(3, len(both))),
            "units": float(len(both)),
        }

    def table(self) -> pd.DataFrame:
        """Return the claims as a table.

        Returns:
            Columns: ``what the model says about itself``, ``what happened when we tried``, ``mark``, ``samples`` (how
            many answers say so), ``kind``, ``before`` and ``after``, the probabilities of the decision. The same note
            as under what is shown is in ``attrs["note"]``.

        Example:
            >>> result.table()["mark"].value_counts()
        """
        rows = [
            {
                SAYS: claim.said,
                TRIED: claim.tried,
                "mark": claim.mark,
                "samples": claim.samples,
                "kind": claim.kind,
                "before": claim.before,
                "after": claim.after,
            }
            for claim in self.claims
        ]
        table = Table(rows)
        table.attrs["note"] = NOTE
        return table

    def findings(self) -> list[str]:
        r"""Return the sentences that stand around the claims: the decision, how it is known, and how far they agree.

        Example:
            >>> print(*result.findings(), sep="\n")
        """
        p = "not known" if math.isnan(self.probability) else share(self.probability)
        lines = [f"{self.model_name} answers {self.label}: its probability is {p}, {self.how}."]
        if self._stated is not None:
            lines.append(f"Coverage: {self.coverage:.0%} of the {len(self.units)} units have a number.")
            agreement = self.agreement()
            tau = agreement.get("kendall_tau", math.nan)
            if not agreement:
                lines.append("Too few units have both numbers to compare their orders.")
            elif math.isnan(tau):
                lines.append("All units have the same number, so there is no order to compare.")
            else:
                lines.append(
                    f"Order of importances and of what happened: Kendall's τ {tau:+.2f}.".replace("-", "−")
                )
        return lines

    def _also_saved(self) -> dict[str, Any]:
        parts = as_json(
            self._left, self.claims, self._stated, self.answers, self._decided, labels=self._labels
        )
        return {"self_explanation": parts}

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return to_text(self.findings(), self.claims, NOTE)

    def _repr_html_(self) -> str:
        return to_html(self.findings(), self.claims, NOTE)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def _reading(left: Left, stated: Stated | None, model_name: str) -> SavedReading:
    """Return both numbers of each unit as an explanation's reading."""
    tried = record(
        "tried",
        left.drops[None],
        signed=True,
        title="What happened",
        description="how far its probability fell when the word was left out",
    )
    recorded = [tried]
    if stated is not None and stated.counts.any():
        said = "what the model says about itself: text that it wrote, not a measurement"
        row = stated.mean[None]
        title = "What the model says"
        recorded.insert(0, record("self_reported", row, signed=True, title=title, description=said))
    return assemble(
        [*left.units.texts, f" {left.label}"],
        len(left.units),
        recorded,
        probability=[left.whole.of(left.label)],
        titles=("Text", "Answer"),
        model_name=model_name,
        warnings=[NOTE],
    ).reading
