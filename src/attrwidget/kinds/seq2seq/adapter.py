"""The adapter for encoder–decoder language models, which write a text to a source: translation, summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.adapter import Adapter, require_length
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.generation import generate
from attrwidget.text.languages import Languages
from attrwidget.text.prompt import encode_ids, encode_prompt, encode_text

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_LIMITS = {
    "encoder": ("max_encoder_position_embeddings", "max_source_positions"),
    "decoder": ("max_decoder_position_embeddings", "max_target_positions"),
}


class Beginning(NamedTuple):
    """What the encoder reads, ``source``, and what stands in the decoder before the answer, ``start``: token ids."""

    source: list[int]
    start: list[int]


class Seq2SeqLM(Adapter):
    """An encoder–decoder language model and its tokenizer."""

    task = "text2text-generation"

    def __init__(self, hf: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, name: str) -> None:
        if not hf.config.is_encoder_decoder or hf.main_input_name != "input_ids":
            raise AttrWidgetError(
                f"{name!r} ({type(hf).__name__}) is no encoder–decoder model that reads a text, such as BART, T5 or "
                "Marian: leave out task=, or load one of those."
            )
        if hf.get_output_embeddings() is None:
            raise AttrWidgetError(
                f"{name!r} has no output layer that predicts tokens: load it with AutoModelForSeq2SeqLM, not AutoModel."
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
        """Whether an encoder reads a text and a decoder goes on from it: yes."""
        return True

    @property
    def tables(self) -> tuple[torch.nn.Module, torch.nn.Module]:
        """The modules that embed source and target ids; in many models one and the same, or of the same weights."""
        return self.hf.get_encoder().get_input_embeddings(), self.hf.get_decoder().get_input_embeddings()

    @property
    def vocabulary(self) -> int:
        """How many token ids the decoder knows."""
        return _rows(self.tables[1])

    @property
    def source_vocabulary(self) -> int:
        """How many token ids the encoder knows."""
        return _rows(self.tables[0])

    def limit(self, side: str) -> int | None:
        """Return the greatest number of tokens that ``"encoder"`` or ``"decoder"`` can see, or None."""
        return self.context_named(*_LIMITS[side])

    def encode(self, source: Any, src_lang: str | None = None) -> list[int]:
        """Return the token ids of *source* (text or ids), written in *src_lang* where the tokenizer has languages."""
        words = self.languages.of_source(src_lang)
        ids = encode_prompt(words, source, self.source_vocabulary, what="source")
        require_length("source", len(ids), f"the encoder of {self.name}", self.limit("encoder"))
        return ids

    def start(self, options: dict[str, Any], tgt_lang: str | None = None, prefix: Any = None) -> list[int]:
        """Return what stands in the decoder before the answer: its start, a forced language, a *prefix*.

        *prefix* is a text or token ids. Raises AttrWidgetError for a language that the tokenizer does not have, and
        for a model that does not say how its decoder starts.
        """
        begin = self._setting(options, "decoder_start_token_id")
        if begin is None:
            begin = self._setting(options, "bos_token_id")
        forced = self._setting(options, "forced_bos_token_id")
        if tgt_lang is not None:
            if options.get("forced_bos_token_id") is not None:
                raise AttrWidgetError(
                    "tgt_lang= and forced_bos_token_id= say the same: leave out one of the two."
                )
            language, at_start = self.languages.target_id(tgt_lang)
            begin, forced = (language, None) if at_start else (begin, language)
        if begin is None:
            raise AttrWidgetError(
                f"{self.name} does not say which token its decoder starts with: give decoder_start_token_id=."
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
        """Return the token ids of a given *output* (text or ids), without the *start* that it may repeat.

        A text ends as the tokenizer ends a target, with its end-of-text token.
        """
        if isinstance(output, str) and not output.strip():
            raise AttrWidgetError(
                f"The output to explain is empty ({output!r}): give the words that the model is to have said."
            )
        if isinstance(output, str):
            ids = self._encode_target(output, start, tgt_lang)
        else:
            ids = encode_ids(output, "output", self.vocabulary)
            ids = ids[len(start) :] if ids[: len(start)] == start else ids
        if not ids:
            raise AttrWidgetError(
                f"The output to explain is empty ({output!r}): give the words that the model is to have said."
            )
        return encode_ids(ids, "output", self.vocabulary)

    def _encode_target(self, text: str, start: list[int], tgt_lang: str | None) -> list[int]:
        words = self.languages.of_target(tgt_lang or self.languages.named(start))
        ids = encode_text(words, text, special=True, target=True)
        if len(ids) > 1 and ids[-1] == start[0] and ids[-2] == words.eos_token_id:
            ids.pop()  # a language code that a target ends with, to be turned round to its start
        rest = start[1:]
        while rest and ids[:1] == rest[:1]:
            rest, ids = rest[1:], ids[1:]
        return ids

    def require_room(self, start: int, new: int) -> None:
        """Raise AttrWidgetError when *start* plus *new* tokens are more than the decoder can see."""
        limit = self.limit("decoder")
        # The last token is read by nothing.
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
    ) -> list[list[int]]:
        """Return what the model generates after each of *beginnings*; the model is borrowed meanwhile."""
        with exclusive_use(self.hf):
            if len({len(beginning.start) for beginning in beginnings}) == 1:
                return generate(self, beginnings, max_new_tokens, dict(options), progress)
            return [generate(self, [b], max_new_tokens, dict(options), progress)[0] for b in beginnings]

    def batch(self, beginnings: list[Beginning], pad: int) -> tuple[dict[str, Any], int]:
        """Return what ``generate`` is called with, sources padded on the right, and where new tokens begin."""
        import torch

        width = max(len(b.source) for b in beginnings)
        ids = [b.source + [pad] * (width - len(b.source)) for b in beginnings]
        mask = [[1] * len(b.source) + [0] * (width - len(b.source)) for b in beginnings]
        values = {"inputs": ids, "attention_mask": mask, "decoder_input_ids": [b.start for b in beginnings]}
        inputs: dict[str, Any] = {n: torch.tensor(value, device=self.device) for n, value in values.items()}
        # Otherwise generate puts the start that the model's configuration names before another.
        inputs["decoder_start_token_id"] = beginnings[0].start[0]
        return inputs, len(beginnings[0].start)

    def _setting(self, options: dict[str, Any], name: str) -> int | None:
        """Return what generate goes by: the option given, or else what the configurations say."""
        for value in (
            options.get(name),
            getattr(options.get("generation_config"), name, None),
            getattr(self.hf.generation_config, name, None),
            getattr(self.hf.config, name, None),
        ):
            if value is not None:
                return int(value)
        return None


def _rows(table: Any) -> int:
    return int(table.weight.shape[0])
