"""The adapter of models that read a whole text at once: encoding, limits, reading of logits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import torch

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.adapter import Adapter, require_length
from attrwidget.hf.internals.models import has_token_types
from attrwidget.kinds.encoder.inputs import Passage, encode_passage
from attrwidget.kinds.table import kind_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


class OutputPositions(NamedTuple):
    """The positions at which the outputs of a batch of texts are read.

    Attributes:
        rows: The positions of the steps, ``[b, steps]``.
        tokens: The position of each token before some were deleted, ``[b, m]``.
        allowed: Where an answer may begin or end in the unchanged text, bool ``[n]``.
    """

    rows: torch.Tensor
    tokens: torch.Tensor
    allowed: torch.Tensor


class Encoder(Adapter):
    """The adapter of a model that reads a whole text at once; each head has a subclass."""

    one_output: ClassVar[bool] = False  # one output for the whole text, not one for each position
    sees_own_token: ClassVar[bool] = False  # its outputs are read at tokens, which they see even when masked
    two_ends: ClassVar[bool] = False  # two outputs, at the first and at the last token of an answer
    decodes: ClassVar[bool] = False  # a decoder may read the text after the encoder

    def __init__(self, hf: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, name: str) -> None:
        super().__init__(hf, tokenizer, name)
        if self.encoder_decoder and not self.decodes:
            raise AttrWidgetError(
                f"{name!r} is {type(hf).__name__}, with an encoder and a decoder, which can be explained only as a "
                "model that writes a text: load it with AutoModelForSeq2SeqLM."
            )
        missing = self._missing()
        if missing:
            raise AttrWidgetError(
                f"{name!r} is {type(hf).__name__}, {missing}, so it cannot be taken for {self.task!r}: load it with "
                f"{kind_of(self.task).auto_class}, or leave out task=."
            )

    @property
    def has_class_of_kind(self) -> bool:
        """Whether the model's class has the name of this kind of model."""
        return type(self.own).__name__.endswith(kind_of(self.task).class_endings)

    def _missing(self) -> str | None:
        """Return what the model lacks to be of this kind, for an error, or None."""
        return None

    @property
    def context(self) -> int | None:
        """The greatest number of tokens that the model can see, or None if it has no limit."""
        limit = super().context
        for name, module in self.hf.named_modules():
            if name.endswith("position_embeddings") and isinstance(module, torch.nn.Embedding):
                # RoBERTa and its kin count positions from the one after padding's.
                before = 0 if module.padding_idx is None else module.padding_idx + 1
                positions = module.num_embeddings - before
                limit = positions if limit is None else min(limit, positions)
        return limit

    @property
    def reader(self) -> PreTrainedModel:
        """The module that embeds the text: the encoder where it has its own embedding, else the model."""
        encoder = self.hf.get_encoder()
        own = getattr(encoder, "embed_tokens", None)
        shared = own is not None and own.weight is self.hf.get_input_embeddings().weight
        return encoder if shared else self.hf

    def encode(self, text: Any, pair: str | None = None) -> Passage:
        """Return the tokens of *text* (text or ids), alone or before *pair*.

        Raises AttrWidgetError for bad input, and for more tokens than the model can see.
        """
        passage = encode_passage(self.tokenizer, text, pair, self.vocabulary)
        require_length("text with its special tokens", len(passage.ids), self.name, self.context)
        return passage if has_token_types(self.hf) else passage._replace(types=None)

    def read(self, output: Any, at: OutputPositions) -> torch.Tensor:
        """Return the logits ``[b, steps, outputs]`` in the *output* of a batch."""
        return rows_of(output.logits, at.rows)


def rows_of(values: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """Return *values* ``[b, n, d]`` at the positions *rows* ``[b, steps]``: ``[b, steps, d]``."""
    return values[torch.arange(len(rows), device=rows.device)[:, None], rows]
