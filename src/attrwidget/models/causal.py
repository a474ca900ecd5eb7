"""The adapter for causal language models: the one place that knows a Hugging Face model's outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.models.borrow import borrowed, embedding_weights
from attrwidget.models.generation import generate
from attrwidget.models.kinds import require_causal
from attrwidget.models.prompt import encode_output, encode_prompt
from attrwidget.models.twin import twin

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


class CausalLM:
    """A causal language model and its tokenizer.

    ``own`` is the user's model object; ``hf`` is what runs: its twin over the same weights, as the model was when
    this adapter was made.
    """

    def __init__(self, hf: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, name: str) -> None:
        require_causal(hf.config, name, type(hf).__name__)
        if hf.get_output_embeddings() is None:
            raise AttrWidgetError(
                f"{name!r} has no output layer that predicts tokens: load it with AutoModelForCausalLM, not AutoModel."
            )
        self.own = hf
        self.hf = twin(hf)
        self.tokenizer = tokenizer
        self.name = name

    def renewed(self) -> CausalLM:
        """Return an adapter of the model as it is now."""
        return CausalLM(self.own, self.tokenizer, self.name)

    @property
    def device(self) -> torch.device:
        """Where token ids go: the device of the input embeddings."""
        return embedding_weights(self.hf).device

    @property
    def text_config(self) -> Any:
        """The configuration of the text decoder."""
        return self.hf.config.get_text_config(decoder=True)

    @property
    def vocabulary(self) -> int:
        """How many token ids the input embeddings hold."""
        return int(embedding_weights(self.hf).shape[0])

    @property
    def context(self) -> int | None:
        """The greatest number of tokens that the model can see, or None when it names none."""
        for name in ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length"):
            limit = getattr(self.text_config, name, None)
            if isinstance(limit, int) and limit > 0:
                return limit
        return None

    @property
    def pad_id(self) -> int:
        """A token id for padding, which attention masks out."""
        for pad in (self.tokenizer.pad_token_id, self.tokenizer.eos_token_id):
            if isinstance(pad, int) and 0 <= pad < self.vocabulary:
                return pad
        return 0

    def encode(self, prompt: Any) -> list[int]:
        """Return the token ids of *prompt* (text, ids or chat messages)."""
        return encode_prompt(self.tokenizer, prompt, self.vocabulary)

    def encode_output(self, prompt: Any, prompt_ids: list[int], output: Any) -> list[int]:
        """Return the token ids of a given continuation."""
        return encode_output(self.tokenizer, prompt, prompt_ids, output, self.vocabulary)

    def require_room(self, prompt: int, new: int) -> None:
        """Raise AttrWidgetError when *prompt* plus *new* tokens are more than the model can see."""
        limit = self.context
        if limit is not None and prompt + new > limit:
            raise AttrWidgetError(
                f"The prompt has {prompt:,} tokens and {new:,} are to follow, but {self.name} sees at most {limit:,}: "
                f"shorten the prompt by {prompt + new - limit:,} tokens or ask for fewer."
            )

    def generate(
        self,
        prompts: list[list[int]],
        max_new_tokens: int,
        options: dict[str, Any],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[list[int]]:
        """Return what the model generates after each of *prompts*; the model is borrowed meanwhile."""
        with borrowed(self.hf):
            return generate(self, prompts, max_new_tokens, dict(options), progress)
