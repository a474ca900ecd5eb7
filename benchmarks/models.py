"""Random models of a realistic shape, saved to a folder with a tokenizer that never merges across words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

if TYPE_CHECKING:
    from pathlib import Path

_SPECIAL = "<eos>"


def save_gpt2(
    folder: Path, *, layers: int, heads: int, width: int, vocabulary: int, context: int, spread: float = 0.2
) -> None:
    """Save a GPT-2 with random weights of standard deviation *spread*, and its tokenizer, to *folder*."""
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=vocabulary,
        n_layer=layers,
        n_head=heads,
        n_embd=width,
        n_positions=context,
        initializer_range=spread,
        bos_token_id=0,
        eos_token_id=0,
        pad_token_id=0,
    )
    GPT2LMHeadModel(config).eval().save_pretrained(folder)
    _save_tokenizer(folder, vocabulary)


def save_bart(
    folder: Path, *, layers: int, heads: int, width: int, vocabulary: int, context: int, spread: float = 0.2
) -> None:
    """Save a BART with random weights of standard deviation *spread*, and its tokenizer, to *folder*."""
    torch.manual_seed(0)
    sides = {"layers": layers, "attention_heads": heads, "ffn_dim": 4 * width}
    config = BartConfig(
        vocab_size=vocabulary,
        d_model=width,
        max_position_embeddings=context,
        init_std=spread,
        bos_token_id=0,
        eos_token_id=0,
        pad_token_id=0,
        decoder_start_token_id=0,
        forced_eos_token_id=None,
        **{f"{side}_{name}": value for side in ("encoder", "decoder") for name, value in sides.items()},
    )
    BartForConditionalGeneration(config).eval().save_pretrained(folder)
    _save_tokenizer(folder, vocabulary)


def save_llama(
    folder: Path,
    *,
    layers: int,
    heads: int,
    pairs: int,
    width: int,
    inner: int,
    vocabulary: int,
    prompt: int,
    output: int,
) -> None:
    """Save a Llama with random weights in bfloat16 and its tokenizer to *folder*; it reads *prompt* and *output*."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=pairs,
        hidden_size=width,
        intermediate_size=inner,
        max_position_embeddings=2 * (prompt + output),
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=0,
        pad_token_id=0,
    )
    LlamaForCausalLM(config).to(torch.bfloat16).eval().save_pretrained(folder)
    _save_tokenizer(folder, vocabulary)


def _save_tokenizer(folder: Path, vocabulary: int) -> None:
    words = {_SPECIAL: 0} | {f"w{i}": i for i in range(1, vocabulary)}
    tokenizer = Tokenizer(WordLevel(words, unk_token=_SPECIAL))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=_SPECIAL, pad_token=_SPECIAL, unk_token=_SPECIAL
    ).save_pretrained(folder)


def random_text(tokens: int, vocabulary: int, seed: int) -> str:
    """Return a text of exactly *tokens* random tokens of the tokenizer that these models are saved with."""
    generator = torch.Generator().manual_seed(seed)
    return " ".join(f"w{i}" for i in torch.randint(1, vocabulary, (tokens,), generator=generator).tolist())
