"""Try what a model does with a token that is masked from attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from attrwidget.engine.attempt import attempt
from attrwidget.engine.compare import same
from attrwidget.engine.perturb import masked_logits
from attrwidget.hf.internals.modules import takes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.hf.adapter import Adapter


class Masking(NamedTuple):
    """What a model does with a token that is masked from attention.

    Attributes:
        what: ``"kept"`` if nothing later depends on the token and positions stay, ``"moves"`` if later positions are
            counted without it (as with ALiBi made from the mask), ``"ignored"`` if the model uses it all the same.
        positions: Whether positions can be given to the model. RoBERTa counts its own, from its padding token's id on.
        gaps: Whether the token may be left out, if the others are given the positions that they have with it.
    """

    what: str
    positions: bool
    gaps: bool = False


def find_masking(model: Adapter, ids: torch.Tensor, own: torch.Tensor, source: int = 0) -> Masking:
    """Try on *ids* ``[1, n]`` what a model does with a token that is masked from attention.

    Args:
        model: The adapter of the model.
        ids: int64 ``[1, n]``.
        own: The model's logits ``[≤ n, vocabulary]`` at the last positions.
        source: How many of the first tokens are an encoder's; masking is then tried on both sides.
    """
    takes_positions = not source and "position_ids" in takes(model.hf)
    tried = [(source + ids.shape[1]) // 2, *([source // 2] if source else [])]
    for positions in (True, False) if takes_positions else (False,):
        found = [_masking(model, ids, own, source, at, positions=positions) for at in tried]
        whats = [one.what for one in found if one is not None]
        if len(whats) == len(tried):
            what = next((what for what in ("ignored", "moves") if what in whats), "kept")
            return Masking(what, positions, what == "kept" and all(one and one.gaps for one in found))
    return Masking("ignored", positions=False)


def _masking(
    model: Adapter, ids: torch.Tensor, own: torch.Tensor, source: int, at: int, *, positions: bool
) -> Masking | None:
    """Return what becomes of the token *at* when it is masked; None if an unchanged text beside it changes."""
    other, mask = ids.clone(), torch.ones_like(ids)
    other[0, at] = (other[0, at] + 1) % model.vocabulary
    hole = mask.clone()
    hole[0, at] = 0
    later = ids.shape[1] - max(at + 1, source)
    if later < 1:
        return Masking("ignored", positions)

    def compare() -> Masking | None:
        unchanged, masked, unread = masked_logits(
            model,
            torch.cat([ids, ids, other]),
            torch.cat([mask, hole, hole]),
            later,
            source,
            positions=positions,
        )
        if not same(own[-later:], unchanged, low_precision=model.low_precision):
            return None
        left, ones = ids[hole.bool()][None], mask[:, 1:]
        places = torch.arange(ids.shape[1], device=ids.device)[None]
        if positions:  # without the token, once with the others moved up and once with a gap in its place
            left, ones = left.expand(2, -1), ones.expand(2, -1)
            places = torch.cat([places[:, :-1], places[hole.bool()][None]])
        deleted, *gapped = masked_logits(
            model,
            left,
            ones,
            later,
            source - (at < source),
            positions=positions,
            at=places if positions else None,
        )
        what = masking_of(masked, [unread], deleted, low_precision=model.low_precision)
        gaps = bool(gapped) and same(masked, gapped[0], low_precision=model.low_precision)
        return Masking(what, positions, gaps)

    found, error = attempt(compare)
    return found if error is None else Masking("ignored", positions)


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
