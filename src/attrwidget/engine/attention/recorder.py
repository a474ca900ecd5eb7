"""Record queries and keys of each attention layer; rebuild the weights of a head when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import torch

from attrwidget.engine.attention.rebuild import Piece, Record, equals_no_mask, rebuilt

if TYPE_CHECKING:
    from collections.abc import Sequence


class AttentionReader(Protocol):
    """Reads the attention weights of any layer and head of one run over ``length`` tokens."""

    length: int

    @property
    def n_layers(self) -> int:
        """How many layers have attention."""

    @property
    def n_heads(self) -> int:
        """How many heads each layer has."""

    def weights(self, layer: int, heads: Sequence[int] | None, rows: Sequence[int]) -> torch.Tensor:
        """Return the weights of some heads and queries.

        Args:
            layer: A layer, from 0.
            heads: Heads of that layer, from 0; None means all.
            rows: Query positions, from 0.

        Returns:
            float32 ``[heads, rows, length]``.
        """


class RecordedAttention:
    """Weights rebuilt from recorded queries and keys by the model's own formula; n·d memory per layer, not heads·n².

    Keys that a model adds after those of the text, such as the compressed ones of DeepSeek-V4, are no tokens and are
    left out: the rows of their layers sum to less than 1.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        self.records: list[Record] = []
        self._start = self._layer = 0
        self._total: int | None = None

    def begin_piece(self, start: int, total: int) -> None:
        """Begin a piece: the next calls are for tokens from *start* on, of *total*, with the keys of all so far."""
        self._start, self._total, self._layer = start, total, 0

    def observe(  # noqa: PLR0917 - called by position, as attention functions are
        self,
        module: torch.nn.Module,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor | None,
        options: dict[str, Any],
    ) -> None:
        """Record one attention call; the function for ``hf.attention_interface.set_observer``."""
        mask = None if equals_no_mask(module, mask, self._start) else mask
        end, total = self._start + query.shape[2], self._total or query.shape[2]
        if self._start == 0:
            room = query.new_empty(*query.shape[:2], total, query.shape[3])
            self.records.append(Record(module, room, key.detach(), _norms(value)))
        record = self.records[self._layer]
        record.query[:, :, self._start : end] = query.detach()
        record.key, record.value_norms = _compact(key) if end == total else key.detach(), _norms(value)
        record.pieces.append(Piece(self._start, end, key.shape[2], mask, options))
        self._layer += 1

    @property
    def n_layers(self) -> int:
        """How many layers have attention."""
        return len(self.records)

    @property
    def n_heads(self) -> int:
        """How many heads each layer has."""
        return self.records[0].n_heads if self.records else 0

    def weights(self, layer: int, heads: Sequence[int] | None, rows: Sequence[int]) -> torch.Tensor:
        """Return float32 ``[heads, rows, length]``; see ``AttentionReader``."""
        record = self.records[layer]
        picked = list(range(record.n_heads)) if heads is None else list(heads)
        if len(record.pieces) == 1:
            return rebuilt(record, record.pieces[0], picked, rows)[..., : self.length]
        weights = record.key.new_zeros(len(picked), len(rows), self.length, dtype=torch.float32)
        for piece in record.pieces:
            at = [i for i, row in enumerate(rows) if piece.start <= row < piece.end]
            if at:
                weights[:, at, : piece.n_keys] = rebuilt(record, piece, picked, [rows[i] for i in at])
        return weights

    def value_norms(self, layer: int, heads: Sequence[int] | None) -> torch.Tensor:
        """Return the L2 norms of the value vectors that each head reads, float32 ``[heads, length]``."""
        record = self.records[layer]
        picked = range(record.n_heads) if heads is None else heads
        return record.value_norms[[h // record.groups for h in picked], : self.length]


def _compact(tensor: torch.Tensor) -> torch.Tensor:
    """Return *tensor*, copied if it is a view that keeps a larger one alive (a part of a fused projection)."""
    tensor = tensor.detach()
    return tensor.clone() if tensor.untyped_storage().nbytes() > tensor.nbytes else tensor


def _norms(value: torch.Tensor) -> torch.Tensor:
    norms: torch.Tensor = torch.linalg.vector_norm(value.detach()[0].float(), dim=-1)
    return norms


# With windows, blocks, pooling or padding inside the model, what it returns is not the attention of the text's tokens.
NOT_TOKENS = (
    "The attention that {} returns has other rows and columns than the text's tokens (windows, blocks, pooling or "
    "padding), so it is not shown: take saliency or leave-one-out."
)


def has_token_axes(reader: AttentionReader, rows: int, columns: int | None = None) -> bool:
    """Return whether every layer that a model returned has *rows* queries and *columns* keys, by default as many."""
    shape = (rows, rows if columns is None else columns)
    layers = getattr(reader, "layers", ())
    return all(layer.ndim == 3 and tuple(layer.shape[1:]) == shape for layer in layers)


class StoredAttention:
    """Weights that the model returned itself, for models that do not use the attention interface."""

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
