"""Run a text that is read at once with inputs masked, replaced or deleted."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import torch

from attrwidget.engine.perturb import Perturber
from attrwidget.hf.exclusive_use import exclusive_use, lock_of
from attrwidget.kinds.encoder.text import padded_logits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.perturb import Group, Read
    from attrwidget.kinds.encoder.text import EncoderText


@dataclass
class EncoderPerturber(Perturber):
    """Runs *text* many times, each time with a group of inputs changed together; see ``Perturber``.

    If *hidden*, the last hidden states at the steps' positions are read instead of logits.

    Attributes:
        text: The text and how it is run.
        step: The only step, or steps, that are read; None means all.
    """

    text: EncoderText = field(kw_only=True)
    step: int | range | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.size = self.size if self.text.batches else 1

    def unchanged(self, read: Read) -> torch.Tensor:
        """Return ``read`` of the unchanged text, run the same way as the changed ones."""
        with lock_of(self.model.hf):
            if self.hidden:
                return read(self.text.hidden(1, attention=self.attention)[0])
            return read(self.text.logits(torch.ones_like(self.ids), attention=self.attention)[0])

    @classmethod
    def together(cls, texts: Sequence[Perturber], groups: Sequence[Group]) -> list[torch.Tensor]:
        """Mask a group of inputs in each of several *texts*, and run them in one batch; see ``Perturber.together``.

        A text that a decoder reads too, or whose answer has two ends, is run by itself.
        """
        own = cast("Sequence[EncoderPerturber]", texts)
        if not all(text.text.can_be_padded for text in own):
            return [text.logits([group])[0] for text, group in zip(texts, groups, strict=True)]
        kept = []
        for text, group in zip(own, groups, strict=True):
            kept.append(torch.ones_like(text.ids[0], dtype=torch.bool))
            kept[-1][list(group)] = False
        with exclusive_use(own[0].model.hf), torch.no_grad():
            logits = padded_logits([text.text for text in own], kept)
        found = [rows[: len(text.text.rows)] for text, rows in zip(own, logits, strict=True)]
        return [
            rows if some.any() else torch.full_like(rows, torch.nan)
            for rows, some in zip(found, kept, strict=True)
        ]

    def logits(self, groups: Sequence[Group]) -> torch.Tensor:
        """Return logits ``[len(groups), steps, outputs]``; NaN for a step whose own position is deleted."""
        logits = self._all_logits(groups)
        if self.step is None:
            return logits
        return logits[:, [*self.step] if isinstance(self.step, range) else [self.step]]

    def _all_logits(self, groups: Sequence[Group]) -> torch.Tensor:
        keep_mask = torch.ones(len(groups), self.ids.shape[1], dtype=torch.bool, device=self.ids.device)
        for row, group in zip(keep_mask, groups, strict=True):
            row[list(group)] = False
        if self.change == "delete":
            return self.text.without(keep_mask)
        if self.change == "mask":
            logits = self.text.logits(keep_mask)
            return logits.masked_fill(~keep_mask.any(1)[:, None, None], torch.nan)
        if self.hidden:
            with self.around(groups) if self.around else nullcontext():
                return self.text.hidden(len(groups), attention=self.attention)
        ids = self.ids.expand(keep_mask.shape)
        ids = ids if self.change is None else ids.masked_fill(~keep_mask, int(self.change))
        with self.around(groups) if self.around else nullcontext():
            return self.text.logits(torch.ones_like(ids), ids=ids, attention=self.attention)
