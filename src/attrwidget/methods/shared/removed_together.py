"""Remove one unit of inputs after another from several texts, many in one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from attrwidget.engine.compare import same
from attrwidget.engine.memory import in_batches, texts_at_once
from attrwidget.hf.model_errors import RAISED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from attrwidget.engine.perturb import Group, Perturber
    from attrwidget.methods.shared.one_at_a_time import OneAtATime

    Row = tuple[int, Group]

_TIMES = 0.1  # of the rounding that other runs are allowed: 1e-5 of the largest number in float32


def remove_together(work: Sequence[OneAtATime]) -> list[bool]:
    """Mask the units of several texts of one model, and return whether the scores of each can be used.

    They cannot where the unchanged text, padded to the length of others, is read otherwise than in its first run. None
    can where memory does not suffice, or where the shortest text, which is padded most, has other numbers than when it
    is run by itself: in DeBERTa, a token that is masked attends to everything, and so to padding. Such texts must be
    run by themselves.
    """
    read: list[dict[Group, torch.Tensor]] = [{} for _ in work]
    agrees = [True] * len(work)
    for batch in _batches(work):
        texts: list[Perturber] = [work[text].perturber for text, _ in batch]
        try:
            found = type(texts[0]).together(texts, [group for _, group in batch])
        except RAISED:
            return [False] * len(work)
        for (text, group), logits in zip(batch, found, strict=True):
            if not group:
                agrees[text] = work[text].trace.agrees(logits)
            read[text][group] = work[text].read(logits)
    if not _as_by_itself(work, read):
        return [False] * len(work)
    for one, values, usable in zip(work, read, agrees, strict=True):
        if usable:
            one.take(values[()], [values[unit] for unit in one.units])
    return agrees


def _as_by_itself(work: Sequence[OneAtATime], read: Sequence[Mapping[Group, torch.Tensor]]) -> bool:
    """Return whether the shortest text, run by itself, has the numbers that were *read* of it beside others."""
    one, values = min(zip(work, read, strict=True), key=lambda pair: pair[0].perturber.ids.shape[1])
    groups = [(), *one.units]
    alone = one.perturber.batch(groups, one.read)
    beside = torch.stack([values[group] for group in groups[: len(alone)]])
    low_precision = one.trace.model.low_precision
    return same(torch.stack(alone).float(), beside.float(), low_precision=low_precision, times=_TIMES)


def _batches(work: Sequence[OneAtATime]) -> Iterator[Sequence[Row]]:
    """Return the unchanged texts and their changes, texts of similar length together, as many as fit in memory."""
    lengths = [one.perturber.ids.shape[1] for one in work]
    order = sorted(range(len(work)), key=lambda text: (lengths[text], text))
    rows: list[Row] = [(text, group) for text in order for group in [(), *work[text].units]]

    def at_once(row: Row) -> int:
        text = work[row[0]].perturber
        return texts_at_once(text.model, lengths[row[0]], text.steps)

    return in_batches(rows, at_once)
