"""What the logits say about each generated token, label or position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

OUTPUT_KINDS = ("softmax", "sigmoid", "number", "none")
_CHUNK = 4  # rows turned to float64 at a time


@dataclass(frozen=True)
class StepReadings:
    """What the logits say of each step, as arrays over steps.

    ``probability``, ``log_probability`` and ``entropy`` (nats) are float64; ``rank`` is int64 from 1, one more than how
    many tokens are strictly likelier; the likeliest tokens are ``top_ids`` and ``top_probability``
    ``[steps, k]``. What there is none of is NaN, and ``rank`` then float64.
    """

    probability: NDArray[np.float64]
    log_probability: NDArray[np.float64]
    entropy: NDArray[np.float64]
    rank: NDArray[np.int64] | NDArray[np.float64]
    top_ids: NDArray[np.int64]
    top_probability: NDArray[np.float64]


def first_not_finite(logits: torch.Tensor, targets: Sequence[int]) -> int | None:
    """Return the first step whose *logits* ``[steps, vocabulary]`` are NaN or infinite, or None.

    Minus infinity, which some models give to unused tokens, is accepted except at the chosen token.
    """
    chosen = torch.as_tensor(list(targets), device=logits.device)
    at_chosen = logits.gather(-1, chosen[:, None])[:, 0]
    bad = ~(torch.isfinite(logits.amax(-1)) & torch.isfinite(at_chosen))
    return int(bad.nonzero()[0]) if bool(bad.any()) else None


def read_steps(
    logits: torch.Tensor, targets: Sequence[int], top: int = 10, *, output_kind: str = "softmax"
) -> StepReadings:
    """Read finite *logits* ``[steps, vocabulary]`` at the tokens *targets*.

    *output_kind* is one of ``OUTPUT_KINDS``: one of all outputs (softmax), or of each label by itself (sigmoid);
    plain numbers have no probability, and neither has what predicts nothing.
    """
    if output_kind in ("number", "none"):
        blank, none = torch.full((len(targets),), torch.nan).double().numpy(), torch.empty(len(targets), 0)
        return StepReadings(blank, blank, blank, blank, none.long().numpy(), none.double().numpy())
    wanted = torch.as_tensor(list(targets), device=logits.device)[:, None]
    at_chosen, best = logits.gather(-1, wanted), logits.topk(min(top, logits.shape[-1]), dim=-1)
    if output_kind == "softmax":
        chosen, entropy, among_best = _of_all(logits, at_chosen, best.values)
    else:
        chosen, entropy, among_best = _of_each(at_chosen, best.values)
    readings = {
        "log_probability": chosen[:, 0],
        "probability": chosen[:, 0].exp(),
        "entropy": entropy,
        "rank": torch.count_nonzero(logits > at_chosen, dim=-1) + 1,
        "top_ids": best.indices,
        "top_probability": among_best.exp(),
    }
    return StepReadings(**{name: values.cpu().numpy() for name, values in readings.items()})


def _of_all(
    logits: torch.Tensor, chosen: torch.Tensor, best: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return log-probabilities of *chosen* and *best* logits, and between them entropies, of each row's softmax."""
    largest = best[:, :1].double()
    sums, entropies = [], []
    # Fresh memory would cost more than the sums.
    room = largest.new_empty(2, min(_CHUNK, len(logits)), logits.shape[1])
    for start in range(0, len(logits), _CHUNK):
        rows = slice(start, start + _CHUNK)
        below, weights = room[:, : len(logits[rows])]
        torch.sub(logits[rows], largest[rows], out=below)
        torch.exp(below, out=weights)
        sums.append(weights.sum(-1))
        # The floor keeps 0 · -∞ from being NaN.
        weights.mul_(below.clamp_min_(torch.finfo(below.dtype).min))
        entropies.append(sums[-1].log() - weights.sum(-1) / sums[-1])
    total = largest + torch.cat(sums).log()[:, None]
    return chosen.double() - total, torch.cat(entropies), best.double() - total


def _of_each(chosen: torch.Tensor, best: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return what ``_of_all`` does, each output being there or not by itself; entropies are those of *chosen*."""
    one = chosen.double()[:, 0]
    entropy = torch.special.entr(one.sigmoid()) + torch.special.entr((-one).sigmoid())
    log_p = torch.nn.functional.logsigmoid
    return log_p(chosen.double()), entropy, log_p(best.double())
