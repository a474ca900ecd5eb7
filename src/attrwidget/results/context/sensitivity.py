"""How much a context changes the prediction of each token: Inseq's measures, and its choice of tokens by them.

Step functions of Inseq 0.7.1 (``inseq/attr/step_functions.py``) as ``inseq attribute-context`` calls them: the text
without the context is the original one, and that with it the contrast. The choice is ``filter_rank_tokens``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Measure = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]

_ROWS = 64  # rows of logits turned to float64 at a time


def _chosen(logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    return logits.gather(-1, tokens[:, None])[:, 0]


def _log_p(logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    return _chosen(logits.log_softmax(-1), tokens)


def kl_divergence(without: torch.Tensor, given: torch.Tensor, _tokens: torch.Tensor) -> torch.Tensor:
    """Return ``Σ q log(q/p)`` in nats, q the distribution without the context and p that with it.

    Args:
        without: Logits without the context, float64 ``[r, vocabulary]``.
        given: Those with it.
    """
    log_q, log_p = without.log_softmax(-1), given.log_softmax(-1)
    terms = log_q.exp() * (log_q - log_p)
    return terms.masked_fill(torch.isneginf(log_q), 0).sum(-1)


MEASURES: dict[str, Measure] = {
    "kl_divergence": kl_divergence,
    "contrast_prob_diff": lambda q, p, y: _log_p(q, y).exp() - _log_p(p, y).exp(),
    "contrast_prob": lambda _q, p, y: _log_p(p, y).exp(),
    "contrast_logits_diff": lambda q, p, y: _chosen(q, y) - _chosen(p, y),
    "contrast_logits": lambda _q, p, y: _chosen(p, y),
    "pcxmi": lambda q, p, y: (_log_p(p, y) - _log_p(q, y)) / np.log(2),
    "in_context_pvi": lambda q, p, y: _log_p(p, y) - _log_p(q, y),
}
"""Measures by Inseq's names: functions of logits without the context, logits with it, and the answer's tokens."""


def measured(
    names: Sequence[str], without: torch.Tensor, given: torch.Tensor, tokens: Sequence[int]
) -> dict[str, NDArray[np.float64]]:
    """Return the measures *names* of each row: float64 ``[r]``.

    Args:
        names: Keys of ``MEASURES``.
        without: Logits without the context ``[r, vocabulary]``.
        given: Those with it.
        tokens: The answer's token at each row.
    """
    chosen = torch.tensor(list(tokens))
    parts: dict[str, list[torch.Tensor]] = {name: [] for name in names}
    for at in range(0, len(chosen), _ROWS):
        rows = slice(at, at + _ROWS)
        q, p, y = without[rows].double(), given[rows].double(), chosen[rows]
        for name, found in parts.items():
            found.append(MEASURES[name](q, p, y))
    return {name: torch.cat(found).numpy() for name, found in parts.items()}


def threshold_of(scores: NDArray[np.float64], std: float) -> float:
    """Return the mean of *scores* plus *std* times their standard deviation (of a sample, as PECoRe's λ)."""
    spread = scores.std(ddof=1) if len(scores) > 1 else 0.0
    return float(scores.mean() + std * spread)


def select(scores: NDArray[np.float64], threshold: float, topk: int | None) -> list[int]:
    """Return the places of *scores* whose magnitude reaches *threshold*, the largest first, *topk* at most."""
    order = [int(i) for i in np.argsort(-np.abs(scores), kind="stable") if abs(scores[i]) >= threshold]
    return order[:topk]
