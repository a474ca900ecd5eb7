"""What the logits say about each generated token, label or position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

LINKS = ("softmax", "sigmoid", "number", "none")
_CHUNK = 16  # rows turned to float64 at a time


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
    logits: torch.Tensor, targets: Sequence[int], top: int = 10, *, link: str = "softmax"
) -> StepReadings:
    """Read finite *logits* ``[steps, vocabulary]`` at the tokens *targets*.

    *link* is one of ``LINKS``: one of all outputs (softmax), or of each label by itself (sigmoid);
    plain numbers have no probability, and neither has what predicts nothing.
    """
    if link in ("number", "none"):
        blank, none = torch.full((len(targets),), torch.nan).double().numpy(), torch.empty(len(targets), 0)
        return StepReadings(blank, blank, blank, blank, none.long().numpy(), none.double().numpy())
    chosen = torch.as_tensor(list(targets), device=logits.device)
    parts: dict[str, list[torch.Tensor]] = {name: [] for name in StepReadings.__dataclass_fields__}
    for start in range(0, len(targets), _CHUNK):
        rows = logits[start : start + _CHUNK].double()
        wanted = chosen[start : start + _CHUNK, None]
        at_chosen = rows.gather(-1, wanted)
        log_p = rows.log_softmax(-1) if link == "softmax" else torch.nn.functional.logsigmoid(rows)
        p = log_p.exp()
        best = p.topk(min(top, p.shape[-1]), dim=-1)
        if link == "softmax":
            # Σ p log p by products of rows: the floor keeps 0 · -∞ from being NaN.
            entropy = -torch.linalg.vecdot(p, log_p.clamp_min(torch.finfo(log_p.dtype).min))
        else:
            entropy = (torch.special.entr(p) + torch.special.entr(torch.sigmoid(-rows))).gather(-1, wanted)[
                :, 0
            ]
        parts["log_probability"].append(log_p.gather(-1, wanted)[:, 0])
        parts["probability"].append(p.gather(-1, wanted)[:, 0])
        parts["entropy"].append(entropy)
        parts["rank"].append((rows > at_chosen).sum(-1) + 1)
        parts["top_ids"].append(best.indices)
        parts["top_probability"].append(best.values)
    return StepReadings(**{name: torch.cat(part).cpu().numpy() for name, part in parts.items()})
