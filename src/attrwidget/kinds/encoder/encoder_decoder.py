"""A text that an encoder reads and then a decoder, as in BART with a classification head."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import torch

from attrwidget.engine.compare import same
from attrwidget.engine.hooks import hooked
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.model_errors import model_errors
from attrwidget.kinds.encoder.text import EncoderText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from attrwidget.engine.attention.recorder import RecordedAttention
    from attrwidget.kinds.encoder.adapter import Encoder, OutputPositions


@dataclass(frozen=True)
class EncoderDecoderText(EncoderText):
    """A text whose tokens are read twice: by an encoder and, one position later, by a decoder.

    A token is one input all the same. Its gradient is the sum of both uses; deleted, it is in neither; its attention is
    the decoder's to the encoder's tokens. A masked token is attended to by nothing, and padding replaces it in the
    decoder, so the class is read at the token before the end, which would still read itself otherwise.

    Attributes:
        start: The decoder's first token; None means the text's last one.
        end: The token at whose last occurrence the class is read; None if no such token is needed.
        decoder_self_attention: The decoder's self-attention modules, known once the text is recorded.
    """

    start: int | None = None
    end: int | None = None
    decoder_self_attention: set[torch.nn.Module] = field(default_factory=set, compare=False)

    def by(self, model: Encoder) -> Self:
        """Return the same text for another *model* of the same kind."""
        return replace(self, model=model, decoder_self_attention=set())

    def record(self) -> tuple[torch.Tensor, RecordedAttention]:
        """Run the text as ``EncoderText.record`` does; return logits and recorded cross-attention.

        The record is empty if the encoder does not use the attention interface, as in BigBird-Pegasus: a changed
        attention would then change only half of the model.
        """
        logits, reader = super().record()
        inside = set(self.model.hf.get_decoder().modules())
        # Every decoder layer attends to the decoder's own tokens first, and then to the encoder's.
        decoded = [record for record in reader.records if record.module in inside]
        self.decoder_self_attention.update(record.module for record in decoded[::2])
        reader.records = decoded[1::2] if len(decoded) < len(reader.records) else []
        return logits, reader

    def keys_of(self, module: torch.nn.Module, group: Sequence[int]) -> list[int]:
        """Return which keys of the attention *module* are of the tokens *group*."""
        if module not in self.decoder_self_attention:
            return list(group)
        later = [i + 1 for i in group if i + 1 < self.length]
        return [*later, 0] if self.start is None and self._last in group else later

    def at_tokens(self, side: str, values: torch.Tensor) -> torch.Tensor:
        """Return *values* ``[n]`` of a *side*'s positions by token; NaN for a token that the decoder does not read."""
        if side == "encoder":
            return values
        moved = torch.cat([values[1:], values.new_full((1,), torch.nan)])
        if self.start is None:
            moved[self._last] = moved[self._last].nan_to_num() + values[0]
        return moved

    @contextmanager
    def leaves(
        self, replace_embeddings: Callable[[torch.Tensor], torch.Tensor] | None
    ) -> Iterator[list[torch.Tensor]]:
        """Cut the graph at the tokens' embeddings, from which the decoder's are made too; see ``leaves_of``.

        The run raises RuntimeError if the decoder embeds tokens in another way than the encoder.
        """
        leaves: list[torch.Tensor] = []
        own: list[torch.Tensor] = []

        def cut(output: torch.Tensor) -> torch.Tensor:
            if not leaves:
                own.append(output.detach())
                leaf = own[0] if replace_embeddings is None else replace_embeddings(own[0]).to(output.dtype)
                leaves.append(leaf.detach().clone().requires_grad_(True))  # noqa: FBT003
                return leaves[0] * 1
            first = output.detach()[:, :1]
            if not torch.equal(self._shifted(own[0], first), output.detach()):
                raise RuntimeError("its decoder embeds tokens in another way than its encoder")
            return self._shifted(leaves[0], first)

        with self._embedded(cut):
            yield leaves

    @contextmanager
    def uses(self) -> Iterator[list[torch.Tensor]]:
        """Cut the graph at both uses of the embeddings: the encoder's, then the decoder's."""
        uses: list[torch.Tensor] = []

        def cut(output: torch.Tensor) -> torch.Tensor:
            uses.append(output.detach().clone().requires_grad_(True))  # noqa: FBT003
            return uses[-1] * 1

        with self._embedded(cut):
            yield uses

    def together(self, gradients: Sequence[torch.Tensor]) -> torch.Tensor:
        """Add up the gradients of the ``uses``: ``[n, d]`` by token."""
        encoder, decoder = (gradient[0] for gradient in gradients)
        whole = encoder.clone()
        whole[:-1] += decoder[1:]
        if self.start is None:
            whole[self._last] += decoder[0]
        return whole

    @property
    def _config(self) -> Any:
        return self.model.hf.config

    @property
    def _pad(self) -> int:
        return int(self._config.pad_token_id)

    @property
    def _last(self) -> int:
        return max(0, int((self.ids != self._pad).sum()) - 1)

    def _shifted(self, values: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
        """Return *values* ``[1, n, d]`` one position later, after *first* ``[1, 1, d]`` or after their own last."""
        first = values[:, self._last : self._last + 1] if self.start is None else first
        return torch.cat([first, values[:, :-1]], dim=1)

    def _embedded(self, cut: Callable[[torch.Tensor], torch.Tensor]) -> AbstractContextManager[None]:
        """Let *cut* change the embeddings that encoder and decoder make inside the block, in this thread."""
        tables = dict.fromkeys(stack.get_input_embeddings() for stack in _stacks(self.model))
        return hooked([(table, lambda _module, _args, output: cut(output)) for table in tables])

    def _read(
        self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor | None, places: OutputPositions
    ) -> torch.Tensor:
        if self.end is None:
            return super()._read(ids, mask, types, places)
        # The texts of a batch must have equally many ends; a text without one has no class.
        ends = (ids == self.end).sum(1)
        shape = (*places.rows.shape, int(self._config.num_labels))
        precise = torch.promote_types(self.model.hf.dtype, torch.float32)
        logits = torch.full(shape, torch.nan, device=ids.device, dtype=precise)
        for count in filter(None, ends.unique().tolist()):
            some = ends == count
            at = places._replace(rows=places.rows[some], tokens=places.tokens[some])
            kinds = None if types is None else types[some]
            logits[some] = super()._read(ids[some], mask[some], kinds, at).to(precise)
        return logits

    def _call(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor | None, **options: Any) -> Any:
        keep_mask = ids.masked_fill(mask == 0, self._pad)
        last = ((ids != self._pad).sum(1, keepdim=True) - 1).clamp_min(0)
        first = keep_mask.gather(1, last) if self.start is None else torch.full_like(last, self.start)
        options["decoder_input_ids"] = torch.cat([first, keep_mask[:, :-1]], dim=1)
        options["decoder_attention_mask"] = torch.cat([torch.ones_like(mask[:, :1]), mask[:, :-1]], dim=1)
        return super()._call(ids, mask, types, **options)

    def _weights(self, output: Any) -> Any:
        return output.cross_attentions


def probe_text(
    model: Encoder, ids: torch.Tensor, rows: tuple[int, ...], allowed: torch.Tensor, end: int | None
) -> EncoderDecoderText:
    """Return the text of *ids* ``[1, n]`` with the start token that *model* gives its decoder.

    The last of *ids* must differ from that token.

    Raises:
        AttrWidgetError: The decoder reads the text in another way than one position later.
    """
    if getattr(model.hf.config, "pad_token_id", None) is None:
        raise AttrWidgetError(
            f"{model.name} names no padding token, which its decoder starts from: set model.config.pad_token_id."
        )
    read: list[torch.Tensor] = []
    handle = _stacks(model)[1].register_forward_pre_hook(
        lambda _module, args, options: read.append(options.get("input_ids", args[0] if args else None)),
        with_kwargs=True,
    )
    try:
        doing = f"ran {ids.shape[1]:,} tokens"
        with exclusive_use(model.hf), torch.no_grad(), model_errors(model.hf, doing):
            own = model.hf(input_ids=ids, attention_mask=torch.ones_like(ids))
    finally:
        handle.remove()
    if len(read) == 1 and isinstance(read[0], torch.Tensor) and torch.equal(read[0][:, 1:], ids[:, :-1]):
        first = int(read[0][0, 0])
        start = None if first == int(ids[0, -1]) else first
        text = EncoderDecoderText(model, ids, None, rows, allowed, batches=False, start=start, end=end)
        if same(text.read(own), text.logits(torch.ones_like(ids))):
            return text
    raise AttrWidgetError(
        f"The decoder of {model.name} does not read the text one position later, as those of BART and T5 do, so its "
        "positions cannot be matched with tokens: load a classifier of one of these, or one with an encoder alone."
    )


def _stacks(model: Encoder) -> tuple[Any, Any]:
    return model.hf.get_encoder(), model.hf.get_decoder()
