"""Tiny models that read a text at once, with random weights large enough for every part to act."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import CONFIG_MAPPING, PreTrainedTokenizerFast

WORDS = [
    *("the", "film", "was", "good", "bad", "not", "a", "dull", "bright", "story", "who", "what", "wrote"),
    *("played", "in", "paris", "london", "by", "anna", "maria", "capital", "of", "france", "is", "and"),
    *("music", "john", "mary", "lives", ".", "?", "!", ","),
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PIECES = ["##ly", "##ing", "##s", *(f"##{chr(c)}" for c in range(97, 123)), *(chr(c) for c in range(97, 123))]
VOCABULARY = [*SPECIAL, *WORDS, *PIECES]

_SHAPE = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 48}
_LLAMA = {**_SHAPE, "num_key_value_heads": 2}

ARCHITECTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "bert": ("bert", _SHAPE),
    "roberta": ("roberta", {**_SHAPE, "max_position_embeddings": 66}),
    "distilbert": ("distilbert", {"dim": 32, "n_layers": 3, "n_heads": 4, "hidden_dim": 48}),
    "electra": ("electra", {**_SHAPE, "embedding_size": 16}),
    "albert": ("albert", {**_SHAPE, "embedding_size": 16}),
    "deberta": ("deberta", {**_SHAPE, "relative_attention": True, "pos_att_type": ["c2p", "p2c"]}),
    "deberta_v2": (
        "deberta-v2",
        {
            **_SHAPE,
            "relative_attention": True,
            "pos_att_type": ["c2p", "p2c"],
            "position_biased_input": False,
        },
    ),
    "modernbert": ("modernbert", {**_SHAPE, "local_attention": 4, "global_attn_every_n_layers": 2}),
    "gpt2": ("gpt2", {"n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 64}),
    "llama": ("llama", _LLAMA),
    "opt": ("opt", {**_SHAPE, "ffn_dim": 48, "word_embed_proj_dim": 32}),
}

_BART = {
    "d_model": 32,
    "encoder_layers": 3,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 40,
    "max_position_embeddings": 64,
}
_T5 = {
    "d_model": 32,
    "d_kv": 8,
    "d_ff": 48,
    "num_layers": 3,
    "num_decoder_layers": 2,
    "num_heads": 4,
    "decoder_start_token_id": 0,
}

ENCODER_DECODERS: dict[str, tuple[str, dict[str, Any]]] = {
    "bart": ("bart", {**_BART, "decoder_start_token_id": 3}),
    "mbart": ("mbart", {**_BART, "scale_embedding": True}),
    "plbart": ("plbart", {**_BART, "scale_embedding": True}),
    "mvp": ("mvp", {**_BART, "decoder_start_token_id": 3}),
    "bigbird_pegasus": (
        "bigbird_pegasus",
        {**_BART, "decoder_start_token_id": 3, "attention_type": "original_full"},
    ),
    "t5": ("t5", _T5),
    "umt5": ("umt5", _T5),
}


@cache
def word_tokenizer() -> PreTrainedTokenizerFast:
    """Return a WordPiece tokenizer like BERT's, of few words; others are spelt."""
    ids = {word: i for i, word in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token=SPECIAL[1]))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(cleanup=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    names = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    inputs = ["input_ids", "token_type_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_input_names=inputs, **names)


def build(name: str, head: str, *, seed: int = 0, scale: float = 0.2, **changes: Any) -> Any:
    """Return a random model, by its *name* in the tables and its *head*, an auto class's end or ``""``."""
    kind, shape = (ARCHITECTURES | ENCODER_DECODERS)[name]
    attention = changes.pop("attention", None)
    dtype = changes.pop("dtype", torch.float32)
    ids = {"vocab_size": len(VOCABULARY), "pad_token_id": 0, "cls_token_id": 2, "sep_token_id": 3}
    ends = {"bos_token_id": 2, "eos_token_id": 3}
    config = CONFIG_MAPPING[kind](**{**ids, **ends, **shape, **changes})
    options = {} if attention is None else {"attn_implementation": attention}
    auto = getattr(transformers, f"AutoModel{head}")
    model = auto.from_config(config, **options).to(dtype)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1 or (parameter.numel() and bool((parameter == 0).all())):
                parameter.normal_(0, scale, generator=generator)
    return model.eval()
