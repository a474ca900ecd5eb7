"""Read probability, entropy, rank and alternatives of each step from its logits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

OUTPUT_KINDS = ("softmax", "sigmoid", "number", "none")
LIKELY = 30
"""How many likely tokens are looked through for words to offer."""
_CHUNK = 4  # rows turned to float64 at a time


@dataclass(frozen=True)
class StepReadings:
    """Readings of the logits, as arrays over steps; NaN where an output kind has no such reading.

    Attributes:
        probability: float64.
        log_probability: float64, nats.
        entropy: float64, nats.
        rank: int64 from 1, one more than how many outputs are strictly likelier; float64 if NaN.
        top_ids: int64 ``[steps, k]``, the likeliest outputs.
        top_probability: float64 ``[steps, k]``, their probabilities.
    """

    probability: NDArray[np.float64]
    log_probability: NDArray[np.float64]
    entropy: NDArray[np.float64]
    rank: NDArray[np.int64] | NDArray[np.float64]
    top_ids: NDArray[np.int64]
    top_probability: NDArray[np.float64]


def first_not_finite(logits: torch.Tensor, targets: Sequence[int]) -> int | None:
    """Return the first step whose *logits* ``[steps, vocabulary]`` are NaN or infinite, or None.

    Minus infinity is accepted except at the chosen token, because some models give it to unused tokens.
    """
    chosen = torch.as_tensor(list(targets), device=logits.device)
    at_chosen = logits.gather(-1, chosen[:, None])[:, 0]
    bad = ~(torch.isfinite(logits.amax(-1)) & torch.isfinite(at_chosen))
    return int(bad.nonzero()[0]) if bool(bad.any()) else None


def read_steps(
    logits: torch.Tensor, targets: Sequence[int], top: int = 10, *, output_kind: str = "softmax"
) -> StepReadings:
    """Read probability, entropy, rank and alternatives of each step.

    Args:
        logits: Finite logits ``[steps, outputs]``.
        targets: The output that is explained at each step.
        top: How many alternatives to read.
        output_kind: What a logit means: one of all outputs (``"softmax"``), a label by itself (``"sigmoid"``), a plain
            number (``"number"``), or nothing (``"none"``).
    """
    if output_kind in ("number", "none"):
        blank, none = torch.full((len(targets),), torch.nan).double().numpy(), torch.empty(len(targets), 0)
        return StepReadings(blank, blank, blank, blank, none.long().numpy(), none.double().numpy())
    wanted = torch.as_tensor(list(targets), device=logits.device)[:, None]
    at_chosen, best = logits.gather(-1, wanted), logits.topk(min(top, logits.shape[-1]), dim=-1)
    if output_kind == "softmax":
        chosen, entropy, among_best = _by_softmax(logits, at_chosen, best.values)
    else:
        chosen, entropy, among_best = _by_sigmoid(at_chosen, best.values)
    readings = {
        "log_probability": chosen[:, 0],
        "probability": chosen[:, 0].exp(),
        "entropy": entropy,
        "rank": torch.count_nonzero(logits > at_chosen, dim=-1) + 1,
        "top_ids": best.indices,
        "top_probability": among_best.exp(),
    }
    return StepReadings(**{name: values.cpu().numpy() for name, values in readings.items()})


def _by_softmax(
    logits: torch.Tensor, chosen: torch.Tensor, best: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the log-probabilities of *chosen*, the entropies, and the log-probabilities of *best*, by softmax."""
    largest = best[:, :1].double()
    sums, entropies = [], []
    # Allocated once: fresh memory for each chunk would cost more than the sums.
    room = largest.new_empty(2, min(_CHUNK, len(logits)), logits.shape[1])
    for start in range(0, len(logits), _CHUNK):
        rows = slice(start, start + _CHUNK)
        below, weights = room[:, : len(logits[rows])]
        torch.sub(logits[rows], largest[rows], out=below)
        torch.exp(below, out=weights)
        sums.append(weights.sum(-1))
        # The floor avoids 0 · -∞ = NaN.
        weights.mul_(below.clamp_min_(torch.finfo(below.dtype).min))
        entropies.append(sums[-1].log() - weights.sum(-1) / sums[-1])
    total = largest + torch.cat(sums).log()[:, None]
    return chosen.double() - total, torch.cat(entropies), best.double() - total


def _by_sigmoid(chosen: torch.Tensor, best: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the same by sigmoid: outputs are independent, and entropies are those of *chosen*."""
    one = chosen.double()[:, 0]
    entropy = torch.special.entr(one.sigmoid()) + torch.special.entr((-one).sigmoid())
    log_p = torch.nn.functional.logsigmoid
    return log_p(chosen.double()), entropy, log_p(best.double())
