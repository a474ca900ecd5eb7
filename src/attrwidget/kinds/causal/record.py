"""The first run over a text: its logits, and its attention recorded on the way."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import torch

from attrwidget.engine.attention.recorder import RecordedAttention
from attrwidget.engine.forward import logits_of
from attrwidget.hf.attention_interface import observe, set_observer
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.internals.cache import allocated_cache

if TYPE_CHECKING:
    from attrwidget.kinds.causal.adapter import CausalLM


def record(
    model: CausalLM, ids: torch.Tensor, rows: int, piece: int | None = None
) -> tuple[torch.Tensor, RecordedAttention]:
    """Run *ids* without gradients by the model's own fast attention; return its last *rows* logits and the record.

    With *piece*, no more tokens than that are run at a time, but for those of the last *rows*, over a cache: what a
    run needs for a moment then grows with the piece, not with the text.
    """
    length = ids.shape[1]
    reader, last = RecordedAttention(length), length - max(rows, piece or length)
    cuts = [*range(0, last, piece or length), max(last, 0), length]
    cache = allocated_cache(model.hf.config, length) if last > 0 else None
    with exclusive_use(model.hf, observe(model.hf)), torch.no_grad():
        set_observer(reader.observe)
        try:
            for start, end in pairwise(cuts):
                reader.go_on(start, length)
                logits = logits_of(model.hf, ids[:, start:end], rows if end == length else 1, cache=cache)
        finally:
            set_observer(None)
    return logits, reader
