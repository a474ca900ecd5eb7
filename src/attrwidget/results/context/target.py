"""What is attributed to the context: a token of the answer against what the model would have said without it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from attrwidget.methods.request.targets import Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FUNCTIONS = {
    "contrast_prob_diff": "p less that of what the model would have said without the context",
    "contrast_logits_diff": "the logit less that of what the model would have said without the context",
    "kl_divergence": "the divergence of the prediction from that without the context",
    "probability": "p",
}
"""Functions by Inseq's names, and what they are."""


@dataclass(frozen=True)
class ContextTarget(Target):
    """A function of ``FUNCTIONS`` at each step, read from the text with its context.

    As in Inseq's ``attribute-context``: where the model would say the same without the context, its p there is a
    constant, and p, or the logit, with the context alone is differentiated.

    Attributes:
        against: A key of ``FUNCTIONS``.
        context: The tokens of the context, which tell one target from another.
        without: Log-probabilities without the context, by step: float64 ``[vocabulary]``.
    """

    against: str = "contrast_prob_diff"
    context: tuple[tuple[int, int], ...] = ()
    without: Mapping[int, torch.Tensor] = field(default_factory=dict, compare=False, repr=False)

    def __call__(self, logits: torch.Tensor, steps: Sequence[int]) -> torch.Tensor:
        """Return the function of each of *steps*; see ``Target``."""
        if self.against == "kl_divergence":
            return torch.stack([self._divergence(row, step) for row, step in zip(logits, steps, strict=True)])
        read = logits if self.against == "contrast_logits_diff" else logits.softmax(-1)
        said = read.gather(-1, self._column(self.tokens, steps, logits))[:, 0]
        if self.against == "probability" or self.foils is None:
            return said
        instead = read.gather(-1, self._column(self.foils, steps, logits))[:, 0]
        differs = [self.tokens[s] != self.foils[s] for s in steps]
        return said - instead * torch.tensor(differs, device=logits.device)

    def _divergence(self, logits: torch.Tensor, step: int) -> torch.Tensor:
        """Return ``Σ p log(p/q)`` in nats, q the distribution without the context; 0 at steps not compared."""
        if step not in self.without:
            return logits.sum() * 0
        log_p, log_q = logits.log_softmax(-1), self.without[step].to(logits)
        seen = ~(torch.isneginf(log_p) | torch.isneginf(log_q))
        return (log_p.exp() * (log_p - log_q))[seen].sum()
