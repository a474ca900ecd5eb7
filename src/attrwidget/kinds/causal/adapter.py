"""The adapter of causal language models: encoding, limits, generation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.adapter import Adapter
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.generation import Written, generate
from attrwidget.kinds.answers import require_output_layer
from attrwidget.kinds.table import CAUSAL
from attrwidget.text.prompt import encode_output, encode_prompt

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


class CausalLM(Adapter):
    """The adapter of a causal language model."""

    task = CAUSAL.task

    def __init__(self, hf: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, name: str) -> None:
        require_output_layer(hf, name, CAUSAL.auto_class)
        super().__init__(hf, tokenizer, name)

    def encode(self, prompt: Any, **options: Any) -> list[int]:
        """Return the token ids of *prompt* (text, ids or chat messages); *options* are the chat template's."""
        return encode_prompt(self.tokenizer, prompt, self.vocabulary, **options)

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
    ) -> list[Written]:
        """Return what is generated after each of *prompts*."""
        with exclusive_use(self.hf):
            return generate(self, prompts, max_new_tokens, dict(options), progress)

    def batch(self, prompts: list[list[int]], pad: int) -> tuple[dict[str, torch.Tensor], int]:
        """Return the inputs of ``generate``, *prompts* padded on the left, and the index of the first new token."""
        import torch

        width = max(map(len, prompts))
        ids = [[pad] * (width - len(p)) + p for p in prompts]
        mask = [[0] * (width - len(p)) + [1] * len(p) for p in prompts]
        tensors = {
            name: torch.tensor(value, device=self.device)
            for name, value in (("inputs", ids), ("attention_mask", mask))
        }
        return tensors, width
