"""Explain the whole distribution of a step: how far it changes, and in which direction it changes most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.trace import Trace

_HALVINGS = 128


class Reference:
    """The model's predictions for the unchanged text, held fixed: log-probabilities ``[steps, outputs]``."""

    def __init__(self, log_probability: torch.Tensor) -> None:
        self._log_probability = log_probability

    def expected(self, logits: torch.Tensor, steps: Sequence[int]) -> torch.Tensor:
        """Return ``Σ p log q`` for each of *steps*, p the model's own distribution and q that of *logits*.

        From the text itself to a changed one this falls by the Kullback–Leibler divergence of p from q, in nats.
        """
        log_q = logits.log_softmax(-1).masked_fill(torch.isneginf(logits), 0)
        return (self._rows(steps, logits).exp() * log_q).sum(-1)

    def steepest(self, logits: torch.Tensor, steps: Sequence[int]) -> torch.Tensor:
        """Return ``√λ v · z`` for each of *steps*, v the top eigenvector of the Fisher information at p.

        The gradient of ``expected`` at the text itself is zero: to second order the distribution changes by half of
        ``δz · (diag p − p pᵀ) · δz``, and most by a change of logits along the leading eigenvector (the Fisher scope
        of Jacobian Scopes, 2026, taken at the logits).
        """
        direction = fisher_direction(self._rows(steps, logits).exp())
        return (direction * logits.masked_fill(torch.isneginf(logits), 0)).sum(-1)

    def _rows(self, steps: Sequence[int], like: torch.Tensor) -> torch.Tensor:
        return self._log_probability[list(steps)].to(like)


def reference_of(trace: Trace) -> Reference:
    """Return the model's predictions for the text of *trace*, computed once."""
    if "reference" not in trace.partial_results:
        read = trace.perturber(None).unchanged(lambda logits: logits.double().log_softmax(-1).float().cpu())
        trace.partial_results["reference"] = Reference(read)
    reference: Reference = trace.partial_results["reference"]
    return reference


def fisher_direction(p: torch.Tensor) -> torch.Tensor:
    """Return ``√λ v`` of each row of *p* ``[r, n]``, float64 probabilities, λ and v leading in ``diag p − p pᵀ``.

    λ lies between the two largest probabilities, where ``Σ p²/(p − λ) = 1``, and v is ``p/(p − λ)``, normalised.
    """
    two, places = p.topk(2, dim=-1)
    low, first = two[:, 1], two[:, 0]
    high, others = first, p.scatter(-1, places[:, :1], 0.0)
    rest = others.sum(-1)  # in place of 1 - p, which a certain prediction rounds to 0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        largest = (middle - first * rest) / (first - middle)
        above = largest + (others.square() / (others - middle[:, None])).sum(-1) > 0
        low, high = torch.where(above, low, middle), torch.where(above, middle, high)
    vector = p / (p - low[:, None])
    tied = torch.zeros_like(p).scatter(-1, places, p.new_tensor([[1.0, -1.0]]).expand(len(p), 2))
    vector = torch.where(torch.isfinite(vector).all(-1, keepdim=True), vector, tied)
    scale: torch.Tensor = low.sqrt() / vector.norm(dim=-1)
    return vector * scale[:, None]
