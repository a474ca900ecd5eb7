"""Run a text on a model that reads it at once: unchanged, with tokens masked, or with tokens deleted."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self, cast

import torch
from torch.nn.utils.rnn import pad_sequence

from attrwidget.engine.attention.recorder import RecordedAttention, StoredAttention
from attrwidget.engine.forward import leaves_of
from attrwidget.engine.hooks import hooked
from attrwidget.hf.attention_interface import observed_attention, set_observer
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.model_errors import model_errors
from attrwidget.kinds.encoder.adapter import OutputPositions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from attrwidget.kinds.encoder.adapter import Encoder


@dataclass(frozen=True)
class EncoderText:
    """A text and how its model is run on it.

    Attributes:
        model: The adapter of the model.
        ids: int64 ``[1, n]``.
        types: Token types ``[1, n]``, or None.
        rows: The positions at which the steps are read.
        allowed: bool ``[n]``, where an answer may begin or end.
        positions: Whether positions are passed to the model, which would count them from the mask.
        batches: Whether several texts can be run at once.
    """

    model: Encoder
    ids: torch.Tensor
    types: torch.Tensor | None
    rows: tuple[int, ...]
    allowed: torch.Tensor
    positions: bool = False
    batches: bool = True

    @property
    def length(self) -> int:
        """How many tokens there are."""
        return self.ids.shape[1]

    @property
    def can_be_padded(self) -> bool:
        """Whether it can be run in one batch with texts of other lengths."""
        return self.batches and not (self.model.encoder_decoder or self.model.two_ends)

    def by(self, model: Encoder) -> Self:
        """Return the same text for another *model* of the same kind."""
        return replace(self, model=model)

    def run(self, **options: Any) -> Any:
        """Run the unchanged text and return the model's output; *options* go to the model."""
        return self._call(self.ids, torch.ones_like(self.ids), self.types, **options)

    def one(self, count: int) -> Any:
        """Run the first token alone, *count* times in a batch, and return the model's output."""
        ids = self.ids[:, :1].expand(count, -1)
        types = None if self.types is None else self.types[:, :1].expand(count, -1)
        return self._call(ids, torch.ones_like(ids), types)

    def read(self, output: Any, count: int = 1) -> torch.Tensor:
        """Return the logits ``[count, steps, outputs]`` of *output*, which ``run`` returned."""
        return self.model.read(output, self._places(count))

    def logits(
        self, keep_mask: torch.Tensor, *, ids: torch.Tensor | None = None, attention: str | None = None
    ) -> torch.Tensor:
        """Return logits ``[b, steps, outputs]`` without gradients, attending only to tokens in *keep_mask* ``[b, n]``.

        *ids* ``[b, n]`` replace the text's own; *attention* names an implementation.
        """
        ids = self.ids.expand(keep_mask.shape) if ids is None else ids
        types = None if self.types is None else self.types.expand(keep_mask.shape)
        with exclusive_use(self.model.hf, attention), torch.no_grad():
            return self._read(ids, keep_mask.to(ids), types, self._places(len(ids)))

    def without(self, keep_mask: torch.Tensor) -> torch.Tensor:
        """Return logits ``[b, steps, outputs]`` of the tokens in *keep_mask* ``[b, n]`` alone, as many in each text.

        They are NaN for a step whose own position is deleted, unless the output is of the whole text, and if nothing is
        left.
        """
        b, n = keep_mask.shape
        tokens = torch.arange(n, device=keep_mask.device).expand(b, n)[keep_mask].view(b, -1)
        rows = torch.tensor(self.rows, device=keep_mask.device)
        gone = ~keep_mask[:, rows]
        if not tokens.shape[1]:
            return self.logits(torch.ones_like(keep_mask[:1])).expand(b, -1, -1) * torch.nan
        # A position falls by the number of tokens deleted before it.
        now = (keep_mask.cumsum(1)[:, rows] - 1).clamp_min(0)
        places = OutputPositions(now, tokens, self.allowed)
        ids = self.ids[0][tokens]
        types = None if self.types is None else self.types[0][tokens]
        with exclusive_use(self.model.hf), torch.no_grad():
            logits = self._read(ids, torch.ones_like(ids), types, places)
        return logits if self.model.one_output else logits.masked_fill(gone[..., None], torch.nan)

    def hidden(self, count: int, *, attention: str | None) -> torch.Tensor:
        """Return the last hidden states ``[count, steps, d]`` at the steps' positions, of *count* runs at once."""
        ids = self.ids.expand(count, -1)
        types = None if self.types is None else self.types.expand(count, -1)
        with exclusive_use(self.model.hf, attention), torch.no_grad(), kept_states(self.model) as states:
            self._call(ids, torch.ones_like(ids), types)
        return states[-1][:, list(self.rows)]

    def record(self) -> tuple[torch.Tensor, RecordedAttention]:
        """Run the text by the model's own fast attention; return logits ``[steps, outputs]`` and recorded attention."""
        reader = RecordedAttention(self.length)
        set_observer(reader.observe)
        try:
            return self.logits(torch.ones_like(self.ids), attention=observed_attention(self.model.hf))[
                0
            ], reader
        finally:
            set_observer(None)

    def returned(self) -> tuple[StoredAttention | None, torch.Tensor]:
        """Run the text under eager attention; return its weights, or None if it returns none, and ``logits``."""
        with exclusive_use(self.model.hf, "eager"), torch.no_grad():
            output = self.run(output_attentions=True)
            logits = self.read(output)[0]
        layers = [layer for layer in self._weights(output) or () if layer is not None]
        return StoredAttention(layers) if layers else None, logits

    def keys_of(self, module: torch.nn.Module, group: Sequence[int]) -> list[int]:  # noqa: ARG002
        """Return which keys of the attention *module* are of the tokens *group*."""
        return list(group)

    def at_tokens(self, side: str, values: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        """Return *values* ``[n]`` of the positions of a *side*, ``"encoder"``, ``"decoder"`` or ``""``, by token."""
        return values

    def leaves(
        self, replace_embeddings: Callable[[torch.Tensor], torch.Tensor] | None
    ) -> AbstractContextManager[list[torch.Tensor]]:
        """Cut the graph at the tokens' embeddings; yield a list that collects the leaves, see ``leaves_of``."""
        return leaves_of(self.model.reader, replace_embeddings, self.length)

    def uses(self) -> AbstractContextManager[list[torch.Tensor]]:
        """Cut the graph at every use of the tokens' embeddings; yield a list that collects the leaves."""
        return self.leaves(None)

    def together(self, gradients: Sequence[torch.Tensor]) -> torch.Tensor:
        """Add up the gradients of the ``uses``: ``[n, d]`` by token."""
        return gradients[0][0]

    def _weights(self, output: Any) -> Any:
        return output.attentions

    def _places(self, count: int) -> OutputPositions:
        device = self.ids.device
        rows = torch.tensor(self.rows, device=device, dtype=torch.long).expand(count, -1)
        tokens = torch.arange(self.length, device=device).expand(count, -1)
        return OutputPositions(rows, tokens, self.allowed)

    def _read(
        self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor | None, places: OutputPositions
    ) -> torch.Tensor:
        if self.batches or len(ids) == 1:
            return self.model.read(self._call(ids, mask, types), places)
        one = [slice(b, b + 1) for b in range(len(ids))]
        parts = [
            self.model.read(
                self._call(ids[b], mask[b], None if types is None else types[b]),
                OutputPositions(places.rows[b], places.tokens[b], places.allowed),
            )
            for b in one
        ]
        return torch.cat(parts)

    def _call(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor | None, **options: Any) -> Any:
        takes = inspect.signature(self.model.hf.forward).parameters
        if types is not None and "token_type_ids" in takes:
            options["token_type_ids"] = types
        if self.positions:
            options["position_ids"] = torch.arange(ids.shape[1], device=ids.device).expand(ids.shape)
        if "use_cache" in takes:
            options["use_cache"] = False
        with model_errors(self.model.hf, f"ran {ids.shape[1]:,} tokens"):
            return self.model.hf(input_ids=ids, attention_mask=mask, return_dict=True, **options)


def padded_logits(texts: Sequence[EncoderText], kept: Sequence[torch.Tensor]) -> torch.Tensor:
    """Run several *texts* of one model in one batch, padded on the right.

    Args:
        texts: Texts that can be padded.
        kept: bool ``[n]``, the tokens of each text that are attended to.

    Returns:
        The logits ``[b, steps, outputs]``; those after a text's own steps mean nothing.
    """
    first = texts[0]

    def padded(rows: Sequence[torch.Tensor], value: int = 0) -> torch.Tensor:
        return pad_sequence(list(rows), batch_first=True, padding_value=value)

    ids = padded([text.ids[0] for text in texts], first.model.pad_id)
    mask = padded([keep.to(ids) for keep in kept])
    types = None if first.types is None else padded([cast("torch.Tensor", text.types)[0] for text in texts])
    places = OutputPositions(
        padded([torch.tensor(text.rows, device=ids.device) for text in texts]),
        torch.arange(ids.shape[1], device=ids.device).expand(ids.shape),
        torch.ones_like(ids[0], dtype=torch.bool),
    )
    return first._read(ids, mask, types, places)  # noqa: SLF001 - of this very file


@contextmanager
def kept_states(model: Encoder) -> Iterator[list[torch.Tensor]]:
    """Yield a list that collects the last hidden states of each run of *model*."""
    states: list[torch.Tensor] = []

    def keep(_module: Any, _args: Any, output: Any) -> None:
        states.append(output[0])

    body = model.hf.get_decoder() if model.encoder_decoder else model.hf.base_model
    with hooked([(body, keep)]):
        yield states
