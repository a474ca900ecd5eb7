"""The adapter of encoder–decoder language models: languages, encoding, limits, generation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.adapter import Adapter, require_length
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.generation import Written, generate, generation_option
from attrwidget.kinds.answers import require_output_layer
from attrwidget.kinds.table import SEQ2SEQ
from attrwidget.text.languages import Languages
from attrwidget.text.prompt import EMPTY_OUTPUT, encode_ids, encode_prompt, encode_text

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_LIMITS = {
    "encoder": ("max_encoder_position_embeddings", "max_source_positions"),
    "decoder": ("max_decoder_position_embeddings", "max_target_positions"),
}


class Beginning(NamedTuple):
    """The token ids of the encoder's input, ``source``, and of the decoder's input before the answer, ``start``."""

    source: list[int]
    start: list[int]


class Seq2SeqLM(Adapter):
    """The adapter of an encoder–decoder language model."""

    task = SEQ2SEQ.task

    def __init__(self, hf: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, name: str) -> None:
        if not hf.config.is_encoder_decoder or hf.main_input_name != "input_ids":
            raise AttrWidgetError(
                f"{name!r} ({type(hf).__name__}) is no encoder–decoder model that reads a text, such as BART, T5 or "
                "Marian: leave out task=, or load one of those."
            )
        require_output_layer(hf, name, SEQ2SEQ.auto_class)
        if not all(hasattr(part, "get_input_embeddings") for part in (hf.get_encoder(), hf.get_decoder())):
            raise AttrWidgetError(
                f"{name!r} ({type(hf).__name__}) does not show the embeddings of its encoder and decoder in the "
                "usual way of Transformers, so it cannot be explained: load a model such as BART, T5 or Marian."
            )
        super().__init__(hf, tokenizer, name)
        self.languages = Languages(tokenizer)

    def renewed(self) -> Self:
        """Return an adapter of the model as it is now."""
        new = super().renewed()
        new.languages = self.languages
        return new

    @property
    def encoder_decoder(self) -> bool:
        """Whether the model has an encoder and a decoder: yes."""
        return True

    @property
    def tables(self) -> tuple[torch.nn.Module, torch.nn.Module]:
        """The modules that embed source and target ids; in many models they are the same or share weights."""
        return self.hf.get_encoder().get_input_embeddings(), self.hf.get_decoder().get_input_embeddings()

    @property
    def vocabulary(self) -> int:
        """The number of token ids of the decoder."""
        return _rows(self.tables[1])

    @property
    def source_vocabulary(self) -> int:
        """The number of token ids of the encoder."""
        return _rows(self.tables[0])

    def limit(self, side: str) -> int | None:
        """Return the greatest number of tokens that ``"encoder"`` or ``"decoder"`` can see, or None."""
        return self.context_named(*_LIMITS[side])

    def encode(self, source: Any, src_lang: str | None = None) -> list[int]:
        """Return the token ids of *source* (text or ids); *src_lang* is its language, for a tokenizer that has them."""
        words = self.languages.of_source(src_lang)
        ids = encode_prompt(words, source, self.source_vocabulary, what="source")
        require_length("source", len(ids), f"the encoder of {self.name}", self.limit("encoder"))
        return ids

    def start(self, options: dict[str, Any], tgt_lang: str | None = None, prefix: Any = None) -> list[int]:
        """Return the decoder's input before the answer: its start token, a forced language, a *prefix* (text or ids).

        Raises AttrWidgetError for a language that the tokenizer does not have, and for a model whose configuration
        names no start token.
        """
        begin = self._token(options, "decoder_start_token_id")
        if begin is None:
            begin = self._token(options, "bos_token_id")
        forced = self._token(options, "forced_bos_token_id")
        if tgt_lang is not None:
            if options.get("forced_bos_token_id") is not None:
                raise AttrWidgetError(
                    "tgt_lang= and forced_bos_token_id= both set the language: leave out one of the two."
                )
            language, at_start = self.languages.target_id(tgt_lang)
            begin, forced = (language, None) if at_start else (begin, language)
        if begin is None:
            raise AttrWidgetError(
                f"{self.name} names no token that its decoder starts with: give decoder_start_token_id=."
            )
        start = [begin] if forced is None else [begin, forced]
        if prefix is not None:
            prefix = (
                encode_text(self.languages.of_target(tgt_lang), prefix, special=False, target=True)
                if isinstance(prefix, str)
                else prefix
            )
            start += encode_ids(prefix, "target_prefix", self.vocabulary)
        return encode_ids(start, "decoder's start", self.vocabulary)

    def encode_output(self, output: Any, start: list[int], tgt_lang: str | None = None) -> list[int]:
        """Return the token ids of a given *output* (text or ids), without a *start* that it may repeat.

        A text ends as the tokenizer ends a target, with its end-of-text token.
        """
        if isinstance(output, str):
            ids = self._encode_target(output, start, tgt_lang) if output.strip() else []
        else:
            ids = encode_ids(output, "output", self.vocabulary)
            ids = ids[len(start) :] if ids[: len(start)] == start else ids
        if not ids:
            raise AttrWidgetError(EMPTY_OUTPUT.format(output))
        return encode_ids(ids, "output", self.vocabulary)

    def _encode_target(self, text: str, start: list[int], tgt_lang: str | None) -> list[int]:
        words = self.languages.of_target(tgt_lang or self.languages.named(start))
        ids = encode_text(words, text, special=True, target=True)
        if len(ids) > 1 and ids[-1] == start[0] and ids[-2] == words.eos_token_id:
            ids.pop()  # the language code, which labels have at their end and the decoder at its start
        rest = start[1:]
        while rest and ids[:1] == rest[:1]:
            rest, ids = rest[1:], ids[1:]
        return ids

    def require_room(self, start: int, new: int) -> None:
        """Raise AttrWidgetError when *start* plus *new* tokens are more than the decoder can see."""
        limit = self.limit("decoder")
        # The model never reads the last token.
        if limit is not None and start + new - 1 > limit:
            raise AttrWidgetError(
                f"The answer may have {new:,} tokens after {start:,}, but the decoder of {self.name} sees at most "
                f"{limit:,}: ask for {start + new - 1 - limit:,} fewer."
            )

    def generate(
        self,
        beginnings: list[Beginning],
        max_new_tokens: int,
        options: dict[str, Any],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Written]:
        """Return what is generated after each of *beginnings*."""
        with exclusive_use(self.hf):
            if len({len(beginning.start) for beginning in beginnings}) == 1:
                return generate(self, beginnings, max_new_tokens, dict(options), progress)
            return [generate(self, [b], max_new_tokens, dict(options), progress)[0] for b in beginnings]

    def batch(self, beginnings: list[Beginning], pad: int) -> tuple[dict[str, Any], int]:
        """Return the inputs of ``generate``, sources padded on the right, and the index of the first new token."""
        import torch

        width = max(len(b.source) for b in beginnings)
        ids = [b.source + [pad] * (width - len(b.source)) for b in beginnings]
        mask = [[1] * len(b.source) + [0] * (width - len(b.source)) for b in beginnings]
        values = {"inputs": ids, "attention_mask": mask, "decoder_input_ids": [b.start for b in beginnings]}
        inputs: dict[str, Any] = {n: torch.tensor(value, device=self.device) for n, value in values.items()}
        # Otherwise generate puts the start token of the model's configuration before a different one.
        inputs["decoder_start_token_id"] = beginnings[0].start[0]
        return inputs, len(beginnings[0].start)

    def _token(self, options: dict[str, Any], name: str) -> int | None:
        """Return the token id of the generation option *name*, or that of the model's configuration."""
        value = generation_option(self.hf, options, name)
        value = getattr(self.hf.config, name, None) if value is None else value
        return None if value is None else int(value)


def _rows(table: Any) -> int:
    return int(table.weight.shape[0])
