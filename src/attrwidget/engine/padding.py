"""Put texts of several lengths into one batch, padded on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence


class Unpadded(NamedTuple):
    """A text: int64 ids ``[n]``, how many of the first are an encoder's, and how many last positions are read."""

    ids: torch.Tensor
    source: int
    steps: int


class Padded(NamedTuple):
    """Texts in one batch, padded on each side of an encoder–decoder.

    Attributes:
        ids: int64 ``[b, n]``, the encoder's first.
        mask: int64 ``[b, n]``, 1 at the texts' own tokens.
        source: How many of the *n* are the encoder's.
        rows: In how many of the last positions all steps are.
        places: The positions at which the steps of each text are read, counted from the end.
    """

    ids: torch.Tensor
    mask: torch.Tensor
    source: int
    rows: int
    places: list[list[int]]

    def column(self, text: Unpadded, index: int) -> int:
        """Return where token *index* of *text* stands in its row."""
        return index if index < text.source else index - text.source + self.source


def pad(texts: Sequence[Unpadded], pad_id: int) -> Padded:
    """Return *texts* in one batch, with *pad_id* after the shorter ones."""
    source = max(text.source for text in texts)
    target = max(len(text.ids) - text.source for text in texts)
    ids = texts[0].ids.new_full((len(texts), source + target), pad_id)
    mask = torch.zeros_like(ids)
    places = []
    for row, text in enumerate(texts):
        own, length = text.source, len(text.ids) - text.source
        for to, of in ((slice(own), slice(own)), (slice(source, source + length), slice(own, None))):
            ids[row, to], mask[row, to] = text.ids[of], 1
        places.append(list(range(length - target - text.steps, length - target)))
    return Padded(ids, mask, source, max(-some[0] for some in places), places)
