"""The adapters of models that read a whole text at once: how their outputs are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import torch

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.adapter import Adapter
from attrwidget.kinds.encoder.inputs import Passage, encode_passage

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


class Places(NamedTuple):
    """Where the texts of a batch are read: the positions *rows* ``[b, steps]``.

    Token *i* of text *b* stood at ``tokens[b, i]`` before some were deleted; *allowed* ``[n]`` are the places that an
    answer may begin and end at.
    """

    rows: torch.Tensor
    tokens: torch.Tensor
    allowed: torch.Tensor


class Encoder(Adapter):
    """A model that reads a whole text at once, and its tokenizer."""

    auto: ClassVar[str]
    whole: ClassVar[bool] = False  # what it says is of the whole text, not of positions
    sees_own_token: ClassVar[bool] = False  # its outputs are read at tokens, which they see even when masked
    decodes: ClassVar[bool] = False  # it may have a decoder, which reads the text once more

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
                f"{self.auto}, or leave out task=."
            )

    def _missing(self) -> str | None:
        """Return what the model lacks to be of this kind, in words, or None."""
        return None

    @property
    def context(self) -> int | None:
        """The greatest number of tokens that the model can see, or None when it names none."""
        # Where positions are relative, as in T5, its n_positions binds nothing.
        relative = getattr(self.text_config, "relative_attention_num_buckets", None) is not None
        limit = None if relative else super().context
        for name, module in self.hf.named_modules():
            if name.endswith("position_embeddings") and isinstance(module, torch.nn.Embedding):
                # RoBERTa and its kin count positions from the one after padding's.
                before = 0 if module.padding_idx is None else module.padding_idx + 1
                room = module.num_embeddings - before
                limit = room if limit is None else min(limit, room)
        return limit

    @property
    def reader(self) -> PreTrainedModel:
        """The part that embeds the text: the model itself, or its encoder where that has a module of its own for it."""
        encoder = self.hf.get_encoder()
        own = getattr(encoder, "embed_tokens", None)
        shared = own is not None and own.weight is self.hf.get_input_embeddings().weight
        return encoder if shared else self.hf

    def encode(self, text: Any, pair: str | None = None) -> Passage:
        """Return the tokens of *text* (text or ids), alone or before *pair*.

        Raises AttrWidgetError for what is none, and for more of them than the model can see.
        """
        passage = encode_passage(self.tokenizer, text, pair, self.vocabulary)
        limit, count = self.context, len(passage.ids)
        if limit is not None and count > limit:
            raise AttrWidgetError(
                f"The text has {count:,} tokens, special ones included, but {self.name} sees at most {limit:,}: "
                f"shorten it by {count - limit:,} tokens."
            )
        # GPT-2 would take types for words, and RoBERTa has one of them.
        tells_apart = (getattr(self.hf.config, "type_vocab_size", None) or 0) > 1
        return passage if tells_apart else passage._replace(types=None)

    def read(self, output: Any, at: Places) -> torch.Tensor:
        """Return logits ``[b, steps, outputs]`` of a batch's *output*."""
        return _at(output.logits, at.rows)


class MaskedLM(Encoder):
    """A masked language model: it predicts the tokens under masks."""

    task, auto = "fill-mask", "AutoModelForMaskedLM"

    def _missing(self) -> str | None:
        if self.own.get_output_embeddings() is None:
            return "which has no output layer that predicts tokens"
        if self.tokenizer.mask_token_id is None:
            return "and its tokenizer has no mask token"
        return None


class _Labels(Encoder):
    decodes = True

    @property
    def labels(self) -> list[str]:
        """The names of the classes, by their numbers."""
        config: Any = self.hf.config
        return [str(config.id2label.get(i, f"LABEL_{i}")) for i in range(config.num_labels)]

    def _missing(self) -> str | None:
        return None if type(self.own).__name__.endswith(self._ending) else "which has no such classes"

    _ending: ClassVar[str]


class Classifier(_Labels):
    """A sequence classifier: it gives a text one class or several, or a number."""

    task, auto = "text-classification", "AutoModelForSequenceClassification"
    whole = True
    _ending = "ForSequenceClassification"

    @property
    def output_kind(self) -> str:
        """What the logits mean, as for ``read_steps``: one class, several labels, or numbers."""
        kind = getattr(self.hf.config, "problem_type", None)
        if kind == "multi_label_classification":
            return "sigmoid"
        return "number" if kind == "regression" or self.hf.config.num_labels == 1 else "softmax"

    def read(self, output: Any, at: Places) -> torch.Tensor:
        """Return the classes' logits, for every step."""
        logits: torch.Tensor = output.logits
        return logits[:, None].expand(-1, at.rows.shape[1], -1)


class TokenClassifier(_Labels):
    """A token classifier: it gives every token a class."""

    task, auto = "token-classification", "AutoModelForTokenClassification"
    sees_own_token = True
    _ending = "ForTokenClassification"


class QuestionAnswering(Encoder):
    """An extractive question-answering model: it finds where in a context the answer starts and ends."""

    task, auto = "question-answering", "AutoModelForQuestionAnswering"
    sees_own_token = True
    decodes = True

    def _missing(self) -> str | None:
        return (
            None
            if type(self.own).__name__.endswith("ForQuestionAnswering")
            else "which finds no answers in texts"
        )

    def read(self, output: Any, at: Places) -> torch.Tensor:
        """Return two rows, the logits of the start and of the end at each place where one is allowed."""
        both = torch.stack([output.start_logits, output.end_logits], 1)
        blank = both.new_full((*both.shape[:2], len(at.allowed)), -torch.inf)
        placed = blank.scatter(2, at.tokens[:, None].expand_as(both), both)
        return placed.masked_fill(~at.allowed, -torch.inf)


class HeadlessEncoder(Encoder):
    """An encoder without a head: it predicts nothing."""

    task, auto = "feature-extraction", "AutoModel"

    def read(self, output: Any, at: Places) -> torch.Tensor:
        """Return the last hidden states at the steps' positions: no logits, but what runs can be compared by."""
        return _at(output[0], at.rows)


def _at(values: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    return values[torch.arange(len(rows), device=rows.device)[:, None], rows]
