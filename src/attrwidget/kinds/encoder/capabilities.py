"""The capabilities of a model that reads a whole text at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrwidget.engine.capabilities import Capabilities
from attrwidget.kinds.encoder.encoder_decoder import EncoderDecoderText
from attrwidget.kinds.encoder.text import EncoderText

if TYPE_CHECKING:
    import torch

    from attrwidget.kinds.encoder.adapter import Encoder


@dataclass(frozen=True, repr=False)
class EncoderCapabilities(Capabilities):
    """The capabilities of a model that reads a whole text at once; see ``Capabilities``.

    Attributes:
        positions: As in ``EncoderText``.
        batches: As in ``EncoderText``.
        pooled: The position, 0 or -1, whose last hidden state decides, if the output is of the whole text.
        start: As in ``EncoderDecoderText``.
        end: As in ``EncoderDecoderText``; the last position where this token stands decides.
    """

    positions: bool = False
    batches: bool = True
    pooled: int | None = None
    start: int | None = None
    end: int | None = None

    def text(
        self,
        model: Encoder,
        ids: torch.Tensor,
        types: torch.Tensor | None,
        rows: tuple[int, ...],
        allowed: torch.Tensor,
    ) -> EncoderText:
        """Return the text of *ids* ``[1, n]`` as *model* runs it; see ``EncoderText``."""
        read = (model, ids, types, rows, allowed, self.positions, self.batches)
        return (
            EncoderDecoderText(*read, self.start, self.end) if model.encoder_decoder else EncoderText(*read)
        )
