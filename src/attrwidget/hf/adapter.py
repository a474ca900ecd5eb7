"""The part of a model's adapter that is common to all kinds of models."""

from __future__ import annotations

import json
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import embedding_weights, input_device
from attrwidget.hf.internals.attention import attention_name
from attrwidget.hf.internals.models import rope_types
from attrwidget.hf.internals.modules import class_takes, hooks_of
from attrwidget.hf.model_changes import ModelState
from attrwidget.hf.model_copy import copy_model
from attrwidget.hf.model_errors import RAISED

if TYPE_CHECKING:
    from collections.abc import Hashable

    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_NAMES = ("_name_or_path", "transformers_version", "architectures", "id2label", "label2id")
_CONTEXT_NAMES = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length")


class Adapter:
    """A Transformers model with its tokenizer, and facts from its configuration.

    Attributes:
        own: The user's model object.
        hf: The copy that runs, over the same weights, as the model was when this adapter was made.
        tokenizer: Its tokenizer.
        name: Its name, for messages.
        memory_budget: Bytes that a gradient graph may take; None for half of the free memory.
    """

    task: ClassVar[str]  # as Transformers' pipelines name it
    memory_budget: int | None = None

    def __init__(self, hf: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, name: str) -> None:
        require_embeddings(hf, name)
        self.own = hf
        self._state = ModelState(hf)
        self.hf = copy_model(hf)
        self.tokenizer = tokenizer
        self.name = name

    def renewed(self) -> Self:
        """Return an adapter of the model as it is now: this one, unless the model was changed."""
        if self.hf is not self.own and self._state.is_of(self.own):
            return self
        new = type(self)(self.own, self.tokenizer, self.name)
        new.memory_budget = self.memory_budget
        return new

    def in_float32(self) -> Self | None:
        """Return an adapter of a float32 copy, or None for a model that cannot be copied, or is quantised."""
        copied = copy_model(self.hf)
        if copied is self.hf or self.quantized is not None:
            return None
        new = copy(self)
        new.hf = new.own = copied.float()
        return new

    @property
    def architecture(self) -> Hashable | None:
        """What the model computes, weights aside; None if it is quantised, or someone has changed its modules."""
        modules = list(self.own.modules())
        if self.quantized or any("forward" in vars(module) or hooks_of(module) for module in modules):
            return None
        config = {name: value for name, value in self.own.config.to_dict().items() if name not in _NAMES}
        attention = attention_name(self.text_config)
        special = (self.tokenizer.pad_token_id, self.tokenizer.eos_token_id)
        return (
            type(self.own),
            json.dumps(config, sort_keys=True, default=str),
            attention,
            self.own.dtype,
            self.device,
            special,
        )

    @cached_property
    def size(self) -> int:
        """The number of its parameters."""
        return int(self.hf.num_parameters())

    @property
    def device(self) -> torch.device:
        """The device for token ids: that of the input embeddings."""
        return input_device(self.hf)

    @property
    def text_config(self) -> Any:
        """The configuration of the text model; of the decoder in an encoder–decoder."""
        return self.hf.config.get_text_config(decoder=True)

    @property
    def vocabulary(self) -> int:
        """The number of token ids in the input embeddings."""
        return int(embedding_weights(self.hf).shape[0])

    @property
    def encoder_decoder(self) -> bool:
        """Whether the model has an encoder and a decoder."""
        takes = class_takes(type(self.hf))
        return "decoder_input_ids" in takes and bool(getattr(self.hf.config, "is_encoder_decoder", False))

    @property
    def quantized(self) -> str | None:
        """How the weights are quantised, such as ``"bitsandbytes, 8-bit"``; None if they are not, or no longer."""
        config: Any = getattr(self.own.config, "quantization_config", None)
        if config is None:
            return None
        settings = config if isinstance(config, dict) else config.to_dict()
        bits = next((n for n in (4, 8) if settings.get(f"load_in_{n}bit")), settings.get("bits"))
        method = getattr(settings.get("quant_method"), "value", settings.get("quant_method"))
        # Transformers turns a GGUF that it cannot run as it is into floats, and its configuration does not say so.
        if settings.get("dequantize") or (method == "gguf" and _is_floating(self.own)):
            return None
        return f"{method}, {bits}-bit" if bits else str(method)

    @property
    def low_precision(self) -> bool:
        """Whether rounding is coarse, so that the same sum in another order differs: quantised, or under 32 bits."""
        return self.quantized is not None or self.hf.dtype.itemsize < 4

    @property
    def context(self) -> int | None:
        """The greatest number of tokens that the model can see, or None when its configuration names none."""
        return self.context_named()

    def context_named(self, *names: str) -> int | None:
        """Return the number of tokens in the configuration under the first of *names* or of the usual names."""
        config = self.text_config
        if _positions_are_relative(config) or "dynamic" in rope_types(config):
            return None
        limits = (getattr(config, name, None) for name in (*names, *_CONTEXT_NAMES))
        return next((limit for limit in limits if isinstance(limit, int) and limit > 0), None)

    @property
    def pad_id(self) -> int:
        """The token id for padding, which attention masks out."""
        for pad in (self.tokenizer.pad_token_id, self.tokenizer.eos_token_id):
            if isinstance(pad, int) and 0 <= pad < self.vocabulary:
                return pad
        return 0


def require_embeddings(hf: PreTrainedModel, name: str) -> None:
    """Raise AttrWidgetError unless *hf* embeds token ids by a table of its own."""
    try:
        embedding_weights(hf)
    except RAISED as error:
        raise AttrWidgetError(
            f"{name!r} is {type(hf).__name__}, which embeds its input in another way than by a table with a row for "
            "each token, so it cannot be explained token by token: load another model."
        ) from error


def _is_floating(model: PreTrainedModel) -> bool:
    return all(p.is_floating_point() for p in model.parameters())


def _positions_are_relative(config: Any) -> bool:
    """Return whether the lengths that *config* names limit nothing, as in T5 and DeBERTa-v3."""
    if getattr(config, "relative_attention_num_buckets", None) is not None:
        return True
    return bool(getattr(config, "relative_attention", False)) and not getattr(
        config, "position_biased_input", True
    )


def require_length(what: str, count: int, reader: str, limit: int | None) -> None:
    """Raise AttrWidgetError when the *count* tokens of *what* are more than the *limit* of *reader*."""
    if limit is not None and count > limit:
        raise AttrWidgetError(
            f"The {what} has {count:,} tokens, but {reader} sees at most {limit:,}: shorten it by {count - limit:,} "
            "tokens."
        )
