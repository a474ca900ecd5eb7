"""Rebuild the attention weights of one layer from its queries and keys by the model's own formula."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.hf.internals.attention import eager_attention
from attrwidget.progress import may_stop

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Piece:
    """A range of queries, from *start* up to *end*, that attended to the first ``n_keys`` keys in one call.

    A *mask* of None lets each token see itself and those before it, if the module is causal.
    """

    start: int
    end: int
    n_keys: int
    mask: torch.Tensor | None
    options: dict[str, Any]


@dataclass
class Record:
    """The attention of one layer.

    Attributes:
        module: The attention module.
        query: ``[1, heads, n, d]``.
        key: ``[1, key heads, n, d]``.
        value_norms: ``[key heads, n]``, the L2 norms of the values.
        pieces: The calls that it was computed in.
    """

    module: torch.nn.Module
    query: torch.Tensor
    key: torch.Tensor
    value_norms: torch.Tensor
    pieces: list[Piece] = field(default_factory=list)

    @property
    def n_heads(self) -> int:
        """How many heads there are."""
        return self.query.shape[1]

    @property
    def groups(self) -> int:
        """How many heads share a key."""
        return self.n_heads // self.key.shape[1]


def rebuilt(record: Record, piece: Piece, picked: list[int], rows: Sequence[int]) -> torch.Tensor:
    """Compute weights, float32 ``[picked, rows, piece.n_keys]``, by the eager attention of the model's own code."""
    may_stop()
    eager, total = eager_attention(record.module), record.n_heads
    if eager is None:
        raise RuntimeError(
            f"{type(record.module).__name__} has no eager attention to rebuild its weights with"
        )
    at = torch.as_tensor(list(rows), dtype=torch.long, device=record.query.device)
    query = record.query[:, picked][:, :, at]
    at -= piece.start
    key = record.key[:, [h // record.groups for h in picked], : piece.n_keys]
    options = {name: _of_heads(value, picked, total, at) for name, value in piece.options.items()}
    options["dropout"] = 0.0
    module = _HeadsOf(record.module, picked, total)
    with torch.no_grad():
        _, weights = eager(module, query, key, key, _mask(record, piece, picked, at), **options)
    if weights is None:
        raise RuntimeError(f"{type(record.module).__name__} returns no attention weights")
    return weights[0].float()


def _mask(record: Record, piece: Piece, picked: list[int], at: torch.Tensor) -> torch.Tensor | None:
    mask, dtype = piece.mask, record.query.dtype
    if mask is None:
        if not _causal(record.module):
            return None
        return _additive(_seen(piece.start + at, piece.n_keys)[None, None], dtype)
    part = mask[:, picked] if mask.shape[1] > 1 else mask
    part = part[:, :, at, : piece.n_keys]
    return _additive(part, dtype) if part.dtype == torch.bool else part


def _causal(module: torch.nn.Module) -> bool:
    return bool(getattr(module, "is_causal", True))


def _seen(rows: torch.Tensor, length: int) -> torch.Tensor:
    return torch.arange(length, device=rows.device) <= rows[:, None]


def equals_no_mask(module: torch.nn.Module, mask: torch.Tensor | None, start: int) -> bool:
    """Return whether *mask* is plainly causal for queries from *start* on, so that None means the same."""
    if mask is None or not _causal(module) or mask.shape[:2] != (1, 1):
        return mask is None
    count = mask.shape[2]
    seen = _seen(torch.arange(start, start + count, device=mask.device), start + count)
    return torch.equal(mask[0, 0], seen if mask.dtype == torch.bool else _additive(seen, mask.dtype))


class _HeadsOf:
    """An attention module restricted to some of its heads, for the model's own formula."""

    training = False
    num_key_value_groups = 1

    def __init__(self, module: torch.nn.Module, picked: list[int], total: int) -> None:
        self._module, self._picked, self._total = module, picked, total

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        # One parameter for each head, such as the sinks of GPT-OSS.
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
