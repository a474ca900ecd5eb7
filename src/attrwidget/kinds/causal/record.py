"""The first run over a text: its logits, and its attention recorded on the way."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from transformers.cache_utils import DynamicCache, DynamicLayer

from attrwidget.engine.attention.recorder import RecordedAttention
from attrwidget.engine.forward import logits_of
from attrwidget.hf.attention_interface import observe, set_observer
from attrwidget.hf.exclusive_use import exclusive_use

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
    options = {"past_key_values": _cache(model, length), "use_cache": True} if last > 0 else {}
    with exclusive_use(model.hf, observe(model.hf)), torch.no_grad():
        set_observer(reader.observe)
        try:
            for start, end in pairwise(cuts):
                reader.go_on(start, length)
                logits = logits_of(model.hf, ids[:, start:end], rows if end == length else 1, **options)
        finally:
            set_observer(None)
    return logits, reader


def _cache(model: CausalLM, length: int) -> DynamicCache:
    cache = DynamicCache(config=model.hf.config)
    cache.layers = [_Room(length) for _ in cache.layers]
    return cache


class _Room(DynamicLayer):
    """Room for the keys and values of *length* tokens, taken once: copies of growing sizes would scatter the heap."""

    def __init__(self, length: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._length, self._filled = length, 0
        self._room: list[torch.Tensor] = []

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_args: Any, **_kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Put in the keys and values ``[1, heads, m, d]`` of the next tokens; return those of all so far."""
        new = (key_states, value_states)
        if not self.is_initialized:
            self.lazy_initialization(*new)
            self._room = [x.new_empty(*x.shape[:2], self._length, x.shape[3]) for x in new]
        start, self._filled = self._filled, self._filled + key_states.shape[2]
        for room, states in zip(self._room, new, strict=True):
            room[:, :, start : self._filled] = states
        keys, values = (room[:, :, : self._filled] for room in self._room)
        self.keys, self.values = keys, values
        return keys, values
