"""Attention weights on demand: kept as queries and keys, rebuilt for the head that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import torch

from attrwidget.models.interface import eager_attention

if TYPE_CHECKING:
    from collections.abc import Sequence


class AttentionReader(Protocol):
    """Gives the attention weights of any layer and head of one run over ``length`` tokens."""

    length: int

    @property
    def n_layers(self) -> int:
        """How many layers have attention."""

    @property
    def n_heads(self) -> int:
        """How many heads each layer has."""

    def weights(self, layer: int, heads: Sequence[int] | None, rows: Sequence[int]) -> torch.Tensor:
        """Return float32 ``[heads, rows, length]``; *rows* are query positions, heads None means all."""


@dataclass(frozen=True)
class Record:
    """One attention call: queries ``[1, heads, n, d]``, keys ``[1, key heads, n, d]``, and the rest of its scores.

    ``value_norms`` ``[key heads, n]`` are the L2 norms of the values that the weights are applied to.
    """

    module: torch.nn.Module
    query: torch.Tensor
    key: torch.Tensor
    value_norms: torch.Tensor
    mask: torch.Tensor | None
    options: dict[str, Any]


class RecordedAttention:
    """Weights rebuilt from recorded queries and keys by the model's own formula: memory n·d a layer, not heads·n²."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.records: list[Record] = []

    def observe(  # noqa: PLR0917 - called by position, as attention functions are
        self,
        module: torch.nn.Module,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor | None,
        options: dict[str, Any],
    ) -> None:
        """Keep one attention call: the function for ``models.interface.set_observer``."""
        self.records.append(Record(module, query.detach(), key.detach(), _norms(value), mask, options))

    @property
    def n_layers(self) -> int:
        """How many layers have attention."""
        return len(self.records)

    @property
    def n_heads(self) -> int:
        """How many heads each layer has."""
        return self.records[0].query.shape[1] if self.records else 0

    def weights(self, layer: int, heads: Sequence[int] | None, rows: Sequence[int]) -> torch.Tensor:
        """Return float32 ``[heads, rows, length]``; see ``AttentionReader``."""
        record = self.records[layer]
        total, groups = record.query.shape[1], record.query.shape[1] // record.key.shape[1]
        picked = list(range(total)) if heads is None else list(heads)
        eager = eager_attention(record.module)
        if eager is None:
            raise RuntimeError(
                f"{type(record.module).__name__} has no eager attention to rebuild its weights with"
            )
        at = torch.as_tensor(list(rows), dtype=torch.long, device=record.query.device)
        query = record.query[:, picked][:, :, at]
        key = record.key[:, [h // groups for h in picked]]
        options = {name: _of_heads(value, picked, total, at) for name, value in record.options.items()}
        options["dropout"] = 0.0
        with torch.no_grad():
            _, weights = eager(
                _HeadsOf(record.module, picked, total),
                query,
                key,
                key,
                self._mask(record, picked, at),
                **options,
            )
        if weights is None:
            raise RuntimeError(f"{type(record.module).__name__} returns no attention weights")
        return weights[0].float()

    def value_norms(self, layer: int, heads: Sequence[int] | None) -> torch.Tensor:
        """Return float32 ``[heads, length]``: how long the value vectors are that each head reads."""
        record = self.records[layer]
        total, groups = record.query.shape[1], record.query.shape[1] // record.key.shape[1]
        return record.value_norms[[h // groups for h in (range(total) if heads is None else heads)]]

    def _mask(self, record: Record, picked: list[int], rows: torch.Tensor) -> torch.Tensor | None:
        mask, dtype = record.mask, record.query.dtype
        if mask is None:
            if not getattr(record.module, "is_causal", True):
                return None
            seen = torch.arange(self.length, device=rows.device) <= rows[:, None]
            return _additive(seen[None, None], dtype)
        part = mask[:, picked] if mask.shape[1] > 1 else mask
        part = part[:, :, rows, : self.length]
        return _additive(part, dtype) if part.dtype == torch.bool else part


def _norms(value: torch.Tensor) -> torch.Tensor:
    norms: torch.Tensor = torch.linalg.vector_norm(value.detach()[0].float(), dim=-1)
    return norms


class StoredAttention:
    """Weights that the model itself returned, for models which do not use the attention interface."""

    def __init__(self, layers: Sequence[torch.Tensor]) -> None:
        self.layers = [layer[0] for layer in layers]
        self.length = self.layers[0].shape[-1]

    @property
    def n_layers(self) -> int:
        """How many layers have attention."""
        return len(self.layers)

    @property
    def n_heads(self) -> int:
        """How many heads each layer has."""
        return self.layers[0].shape[0]

    def weights(self, layer: int, heads: Sequence[int] | None, rows: Sequence[int]) -> torch.Tensor:
        """Return float32 ``[heads, rows, length]``; see ``AttentionReader``."""
        stored = self.layers[layer]
        return (stored if heads is None else stored[list(heads)])[:, list(rows)].float()


class _HeadsOf:
    """An attention module as seen by some of its heads, so that the model's own formula can be run on them alone."""

    training = False
    num_key_value_groups = 1

    def __init__(self, module: torch.nn.Module, picked: list[int], total: int) -> None:
        self._module, self._picked, self._total = module, picked, total

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        # A learnt number per head, such as GPT-OSS's sinks.
        if isinstance(value, torch.Tensor) and value.ndim == 1 and value.shape[0] == self._total:
            return value[self._picked]
        return value


def _of_heads(value: Any, picked: list[int], total: int, rows: torch.Tensor) -> Any:
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        return value
    if value.ndim == 1 and value.shape[0] == total:
        return value[picked]
    if value.ndim == 4 and value.shape[1] == total:
        return value[:, picked][:, :, rows]
    return value


def _additive(seen: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return torch.zeros(seen.shape, dtype=dtype, device=seen.device).masked_fill_(
        ~seen, torch.finfo(dtype).min
    )
