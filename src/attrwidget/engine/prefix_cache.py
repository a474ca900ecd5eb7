"""Run the common prefix of many texts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from attrwidget.engine.forward import run
from attrwidget.hf.exclusive_use import exclusive_use, lock_of
from attrwidget.hf.internals.cache import new_cache, repeated

if TYPE_CHECKING:
    from transformers import DynamicCache

    from attrwidget.hf.adapter import Adapter


class Prefix:
    """Keys and values of the first tokens of *ids* ``[1, n]``, as many as were asked for so far.

    Args:
        model: The adapter of the model.
        ids: The text.
        attention: The implementation that they are computed with; None means the model's own.
        known: A cache of the first of them, if there is one.
    """

    def __init__(
        self, model: Adapter, ids: torch.Tensor, attention: str | None, known: DynamicCache | None = None
    ) -> None:
        self._model, self._ids, self._attention = model, ids, attention
        self._cache = new_cache(model.hf.config) if known is None else known

    def cache(self, tokens: int, copies: int) -> DynamicCache:
        """Return a cache of the first *tokens* tokens, for *copies* texts that continue them."""
        with lock_of(self._model.hf):
            known = int(self._cache.get_seq_length())
            if known < tokens:
                at = torch.arange(known, tokens, device=self._ids.device)[None]
                with exclusive_use(self._model.hf, self._attention), torch.no_grad():
                    # What is stopped half-way holds the keys of some layers and not of others.
                    cache, self._cache = self._cache, new_cache(self._model.hf.config)
                    run(self._model.hf, self._ids[:, known:tokens], 1, cache=cache, position_ids=at)
                    self._cache = cache
        return repeated(self._cache, self._model.hf.config, tokens, copies)
