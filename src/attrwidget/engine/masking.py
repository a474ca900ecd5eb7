"""Try what a model does with a token that is masked from attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from attrwidget.engine.capabilities import TRIAL_FAILURES
from attrwidget.engine.compare import same
from attrwidget.engine.perturb import masked_logits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.hf.adapter import Adapter


def find_masking(model: Adapter, ids: torch.Tensor, source: int = 0) -> str:
    """Try on *ids* ``[1, n]`` what a model does with a token that is masked from attention.

    Args:
        model: The adapter of the model.
        ids: int64 ``[1, n]``.
        source: How many of the first tokens are an encoder's; masking is then tried on both sides.

    Returns:
        ``"kept"`` if nothing later depends on the token and positions stay, ``"moves"`` if later positions are counted
        without it (as with ALiBi made from the mask), ``"ignored"`` if the model uses it all the same.
    """
    tried = [(source + ids.shape[1]) // 2, *([source // 2] if source else [])]
    found = [_masking(model, ids, source, at) for at in tried]
    return next((what for what in ("ignored", "moves") if what in found), "kept")


def _masking(model: Adapter, ids: torch.Tensor, source: int, at: int) -> str:
    other = ids.clone()
    other[0, at] = (other[0, at] + 1) % model.vocabulary
    mask = torch.ones_like(ids)
    mask[0, at] = 0
    later = ids.shape[1] - max(at + 1, source)
    if later < 1:
        return "ignored"
    try:
        masked = masked_logits(model, ids, mask, later, source)[0]
        alone = masked_logits(model, other, mask, later, source)[0]
        beside = masked_logits(model, torch.cat([ids, other]), mask.repeat(2, 1), later, source)[1]
        fewer = source - (at < source)
        deleted = masked_logits(model, ids[mask.bool()][None], torch.ones_like(mask[:, 1:]), later, fewer)[0]
    except TRIAL_FAILURES:
        return "ignored"
    return masking_of(masked, [alone, beside], deleted, low_precision=model.low_precision)


def masking_of(
    masked: torch.Tensor, unread: Sequence[torch.Tensor], deleted: torch.Tensor, *, low_precision: bool
) -> str:
    """Return what becomes of a masked token, as ``find_masking`` does, from the logits of four texts.

    Args:
        masked: Logits of the text with the token masked.
        unread: The same with another token in its place: equal if the masked token is not read.
        deleted: Logits of the text without the token: equal if positions move.
        low_precision: Whether the model computes in low precision.
    """
    if not all(same(masked, other, low_precision=low_precision) for other in unread):
        return "ignored"
    return "moves" if same(masked, deleted, low_precision=low_precision) else "kept"
