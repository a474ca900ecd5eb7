"""The three attentions of an encoder–decoder model, and the decoder's two put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.attention.recorder import AttentionReader

PARTS = ("cross", "decoder", "encoder")


class JointAttention:
    """Cross-attention and the decoder's self-attention normalised together; ``encoder`` is kept beside them.

    Inputs are the ``n_source`` tokens of the source followed by those of the target; rows are target tokens, counted
    among all. Each of a head's two attentions sums to 1, so together they are halved. Inseq normalises after its mean
    over heads and again after its mean over layers, with the same result.
    """

    def __init__(self, encoder: AttentionReader, decoder: AttentionReader, cross: AttentionReader) -> None:
        self.encoder, self.decoder, self.cross = encoder, decoder, cross
        self.encoder_note: str | None = None
        self.n_source = cross.length
        self.length = cross.length + decoder.length

    @property
    def n_layers(self) -> int:
        """How many layers the decoder has."""
        return self.decoder.n_layers

    @property
    def n_heads(self) -> int:
        """How many heads each layer has."""
        return self.decoder.n_heads

    def part(self, name: str) -> AttentionReader:
        """Return the attention *name*, one of ``PARTS``, over its own rows and inputs.

        Raises:
            AttrWidgetError: The encoder's attention is not of the source's tokens.
        """
        if name == "encoder" and self.encoder_note is not None:
            raise AttrWidgetError(self.encoder_note)
        return {"cross": self.cross, "decoder": self.decoder, "encoder": self.encoder}[name]

    def weights(self, layer: int, heads: Sequence[int] | None, rows: Sequence[int]) -> torch.Tensor:
        """Return float32 ``[heads, rows, length]``; *rows* are target tokens, counted among all."""
        at = [row - self.n_source for row in rows]
        parts = [part.weights(layer, heads, at) for part in (self.cross, self.decoder)]
        return torch.cat(parts, dim=-1) / 2

    def value_norms(self, layer: int, heads: Sequence[int] | None) -> torch.Tensor:
        """Return the L2 norms of the value vectors that each head reads, float32 ``[heads, length]``."""
        parts = [part.value_norms(layer, heads) for part in (self.cross, self.decoder)]  # type: ignore[attr-defined]
        return torch.cat(parts, dim=-1)
