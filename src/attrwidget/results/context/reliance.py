"""What a context changed in an answer: a table by token of the answer, and scores of the context's tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrwidget.results.printed import chance

if TYPE_CHECKING:
    import pandas as pd

HARDLY = 0.1
"""The divergence of two predictions, in nats, below which a context hardly changed a token."""
MEANINGS = {
    "kl_divergence": "the divergence of the predictions (Kullback–Leibler, in nats)",
    "contrast_prob_diff": "the change of p",
    "contrast_prob": "p with the context",
    "contrast_logits_diff": "the change of the logit",
    "contrast_logits": "the logit with the context",
    "pcxmi": "the change of log₂ p (P-CXMI)",
    "in_context_pvi": "the change of log p (in-context PVI)",
}
"""What the size of each measure is, in a few words."""
_CUES = 3  # words of the context that a sentence names
_NAMED = 8  # tokens of the answer, at most, that sentences are written for


@dataclass(frozen=True)
class ContextReliance:
    """What a context changed in an answer (PECoRe: Sarti et al. 2024, arXiv:2310.01188).

    Attributes:
        answer: A row for each token of the answer after the context, by step: ``token``, and the ``word`` it is of; the
            measure, under its name; ``kl_divergence``, in nats; ``probability`` with the context and ``without`` it;
            ``instead``, the likeliest token without it, and ``instead_id``; and ``selected``, whether the measure's
            magnitude reaches the threshold.
        scores: A row for each selected token, the strongest first, and a column for each token of the context: the
            method's raw scores, equal to Inseq's.
        shares: The magnitudes of ``scores`` as shares of those of all inputs of the step.
        words: The same table summed by word of the context.
        places: The tokens of these words, ``(start, end)``.
        metric: The measure's name.
        threshold: Its mean plus λ times its standard deviation.
        context: The positions of the context's tokens.
        method: The method that attributes.
        target_function: What it attributes.
    """

    answer: pd.DataFrame
    scores: pd.DataFrame
    shares: pd.DataFrame
    words: pd.DataFrame
    places: tuple[tuple[int, int], ...]
    metric: str
    threshold: float
    context: tuple[int, ...]
    method: str
    target_function: str

    @property
    def changed(self) -> list[int]:
        """The steps that the context changed, the strongest first: selected, with a divergence of at least .1 nats."""
        return [s for s in self.scores.index if self.answer.loc[s, "kl_divergence"] >= HARDLY]

    def __str__(self) -> str:
        count, changed = len(self.answer), self.changed
        largest = float(self.answer["kl_divergence"].max())
        if not changed and largest >= HARDLY:
            token = self.answer.loc[self.answer["kl_divergence"].idxmax(), "token"]
            return (
                f"No token that the context changed is selected: none reaches {self.threshold:.2g} by "
                f"{MEANINGS[self.metric]}. The predictions differ most at “{token}”, by {largest:.2g} nats: take a "
                "smaller std= to select it."
            )
        if not changed:
            return (
                f"The context hardly changed the answer: with and without it, the predictions of its {count} tokens "
                f"differ by at most {largest:.2g} nats (Kullback–Leibler divergence)."
            )
        first = (
            f"The context changed {len(changed)} of the answer's {count} tokens most, by {MEANINGS[self.metric]}: "
            f"{self.threshold:.2g} or more."
        )
        lines = [first, *(self._sentence(step) for step in changed[:_NAMED])]
        rest = len(changed) - _NAMED
        return "\n".join(lines if rest <= 0 else [*lines, f"And {rest} more: see .answer."])

    def _sentence(self, step: int) -> str:
        row = self.answer.loc[step]
        token, word = str(row["token"]), str(row["word"])
        name = f"“{token}”" if token == word else f"“{token}” of “{word}”"
        first = (
            f"“{row['instead']}” would come first" if row["instead"] != token else "it would still come first"
        )
        cues = self.words.loc[step].nlargest(_CUES)
        named = ", ".join(f"{cue} ({share:.0%})" for cue, share in cues.items() if share > 0)
        by = f" In the context it rests most on {named}." if named else ""
        return (
            f"{name}: p {chance(row['probability'])} with the context and {chance(row['without'])} without it, "
            f"where {first}.{by}"
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        return "".join(f"<p>{escape(line)}</p>" for line in str(self).splitlines())
