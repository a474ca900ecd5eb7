"""Run a text once for its logits and its recorded attention."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.attention.recorder import RecordedAttention
from attrwidget.engine.forward import logits_of
from attrwidget.hf.attention_interface import is_own_attention, observed_attention, set_observer
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.internals.cache import allocated_cache

if TYPE_CHECKING:
    from attrwidget.kinds.causal.adapter import CausalLM


def records_as_loaded(model: CausalLM) -> bool:
    """Return whether ``record`` in one piece runs the model as it was loaded: its own attention, by its own name."""
    return is_own_attention(model.hf)


def record(
    model: CausalLM, ids: torch.Tensor, rows: int, piece: int | None = None, cache: Any = None
) -> tuple[torch.Tensor, RecordedAttention]:
    """Run *ids* ``[1, n]`` without gradients by the model's own fast attention, and record it.

    Args:
        model: The adapter of the model.
        ids: int64 ``[1, n]``.
        rows: How many of the last positions' logits are wanted.
        piece: How many tokens to run at once over a cache, so that temporary memory does not grow with the text; None
            runs the whole text at once. The last *rows* are one piece.
        cache: An empty cache that is to keep the keys and values, or None.

    Returns:
        The logits ``[rows, vocabulary]`` and the recorded attention.
    """
    length = ids.shape[1]
    reader, last = RecordedAttention(length), length - max(rows, piece or length)
    cuts = [*range(0, last, piece or length), max(last, 0), length]
    if cache is None and last > 0:
        cache = allocated_cache(model.hf.config, length)
    with exclusive_use(model.hf, observed_attention(model.hf)), torch.no_grad():
        set_observer(reader.observe)
        try:
            for start, end in pairwise(cuts):
                reader.begin_piece(start, length)
                logits = logits_of(model.hf, ids[:, start:end], rows if end == length else 1, cache=cache)
        finally:
            set_observer(None)
    return logits, reader
