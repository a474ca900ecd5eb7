"""A model whose truth is known: a token brings to a logit its embedding's product with the logit's weights."""

from __future__ import annotations

from typing import Any

import torch
from helpers.tiny import byte_tokenizer
from torch import nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput
from transformers.models.gpt2 import GPT2Config

import attrwidget as aw


class Bag(PreTrainedModel):
    """Logits are linear in the sum of the embeddings so far; a masked token is not in the sum."""

    config_class = GPT2Config

    def __init__(self, config: GPT2Config) -> None:
        super().__init__(config)
        self.embed = nn.Embedding(config.vocab_size, config.hidden_size)
        self.head = nn.Linear(config.hidden_size, config.vocab_size)
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        return self.embed

    def get_output_embeddings(self) -> nn.Module:
        return self.head

    def forward(
        self, input_ids: Any = None, attention_mask: Any = None, inputs_embeds: Any = None, **_options: Any
    ) -> CausalLMOutput:
        embedded = self.embed(input_ids) if inputs_embeds is None else inputs_embeds
        if attention_mask is not None:
            embedded = embedded * attention_mask[..., None]
        return CausalLMOutput(logits=self.head(embedded.cumsum(1)))


def bag_of(ids: list[int], first: int) -> aw.Explanation:
    """Return a bag's explanation of *ids*; the answer begins at *first*."""
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=330, n_embd=16, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0)
    model = Bag(config).eval()
    with torch.no_grad():
        model.embed.weight.mul_(50)  # logits of about 1 for a token
        model.head.weight.mul_(20)
    return aw.load(model, byte_tokenizer()).explain(ids[:first], output=ids[first:])
