"""The attention of an encoder–decoder model: its three kinds, and what a decoder sees of source and target together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.attention.recorder import AttentionReader

PARTS = ("cross", "decoder", "encoder")


class JointAttention:
    """Cross-attention and the decoder's attention to itself, normalised together; ``encoder`` is kept beside them.

    Inputs are the ``n_source`` tokens of the source and then those of the target; rows are target tokens, counted
    among all. Each of the two attentions of a head sums to 1, so together they are halved. Inseq normalises the two
    together after its mean over heads and again after that over layers, which comes to the same.
    """

    def __init__(self, encoder: AttentionReader, decoder: AttentionReader, cross: AttentionReader) -> None:
        self.encoder, self.decoder, self.cross = encoder, decoder, cross
        self.n_source = cross.length
        self.length = cross.length + decoder.length

    @property
    def n_layers(self) -> int:
        """How many layers the decoder has."""
        return self.decoder.n_layers

    @property
    def n_heads(self) -> int:
        """How many heads each of them has."""
        return self.decoder.n_heads

    def part(self, name: str) -> AttentionReader:
        """Return the attention called *name*, one of ``PARTS``, over its own rows and inputs."""
        return {"cross": self.cross, "decoder": self.decoder, "encoder": self.encoder}[name]

    def weights(self, layer: int, heads: Sequence[int] | None, rows: Sequence[int]) -> torch.Tensor:
        """Return float32 ``[heads, rows, length]``; *rows* are of the target."""
        at = [row - self.n_source for row in rows]
        parts = [part.weights(layer, heads, at) for part in (self.cross, self.decoder)]
        return torch.cat(parts, dim=-1) / 2

    def value_norms(self, layer: int, heads: Sequence[int] | None) -> torch.Tensor:
        """Return float32 ``[heads, length]``: how long the value vectors are that each head reads."""
        parts = [part.value_norms(layer, heads) for part in (self.cross, self.decoder)]  # type: ignore[attr-defined]
        return torch.cat(parts, dim=-1)
