"""Run the common prefix of many texts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from attrwidget.engine.forward import run
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.internals.cache import new_cache, repeated

if TYPE_CHECKING:
    from transformers import DynamicCache

    from attrwidget.hf.adapter import Adapter


class Prefix:
    """Keys and values of the first tokens of *ids* ``[1, n]``, as many as were asked for so far.

    *attention* names the implementation that they are computed with; None means the model's own.
    """

    def __init__(self, model: Adapter, ids: torch.Tensor, attention: str | None) -> None:
        self._model, self._ids, self._attention = model, ids, attention
        self._cache = new_cache(model.hf.config)

    def cache(self, tokens: int, copies: int) -> DynamicCache:
        """Return a cache of the first *tokens* tokens, for *copies* texts that continue them."""
        known = int(self._cache.get_seq_length())
        if known < tokens:
            at = torch.arange(known, tokens, device=self._ids.device)[None]
            with exclusive_use(self._model.hf, self._attention), torch.no_grad():
                # What is stopped half-way holds the keys of some layers and not of others.
                cache, self._cache = self._cache, new_cache(self._model.hf.config)
                run(self._model.hf, self._ids[:, known:tokens], 1, cache=cache, position_ids=at)
                self._cache = cache
        return repeated(self._cache, self._model.hf.config, tokens, copies)
