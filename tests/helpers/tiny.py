"""Tiny models and tokenizers for tests: weights large enough for caps, sinks, windows and biases to act."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, PreTrainedTokenizerFast

PROMPT = "The first president of America is"
ANSWER = " George Washington. He was"
TEXTS = [f"{PROMPT}{ANSWER} the first.", "東京は日本の首都です。", "שלום עולם", "naïve café 🙂👍🏽"]

_END = "<|endoftext|>"
CHAT = (
    "{{ bos_token }}{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)

_SHAPE = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4}
_LLAMA = {**_SHAPE, "intermediate_size": 48, "num_key_value_heads": 2}
_GEMMA = {**_LLAMA, "head_dim": 8, "sliding_window": 4, "query_pre_attn_scalar": 8}

ARCHITECTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "gpt2": ("gpt2", {"n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 256}),
    "llama": ("llama", _LLAMA),
    "mistral": ("mistral", {**_LLAMA, "sliding_window": 4}),
    "gpt_neox": ("gpt_neox", {**_SHAPE, "intermediate_size": 48}),
    "opt": ("opt", {**_SHAPE, "ffn_dim": 48, "word_embed_proj_dim": 16}),
    "qwen2": ("qwen2", _LLAMA),
    "qwen3": ("qwen3", {**_LLAMA, "head_dim": 8}),
    "phi": ("phi", {**_SHAPE, "intermediate_size": 48}),
    "gemma2": ("gemma2", {**_GEMMA, "attn_logit_softcapping": 1.0, "final_logit_softcapping": 3.0}),
    "gemma3": ("gemma3_text", _GEMMA),
    "gpt_oss": (
        "gpt_oss",
        {**_LLAMA, "head_dim": 8, "num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": 4},
    ),
    "mixtral": ("mixtral", {**_LLAMA, "num_local_experts": 4}),
    "cohere": ("cohere", _LLAMA),
    "granite": ("granite", {**_LLAMA, "logits_scaling": 2.0, "embedding_multiplier": 3.0}),
    "bloom": ("bloom", {"hidden_size": 32, "n_layer": 3, "n_head": 4}),
    "falcon": ("falcon", {**_SHAPE, "alibi": False, "multi_query": True}),
    "falcon_alibi": ("falcon", {**_SHAPE, "alibi": True, "multi_query": False, "parallel_attn": False}),
    "falcon_new": (
        "falcon",
        {**_SHAPE, "alibi": False, "new_decoder_architecture": True, "num_kv_heads": 2},
    ),
    "gptj": ("gptj", {"n_embd": 32, "n_layer": 3, "n_head": 4, "rotary_dim": 8, "n_inner": 48}),
    "gpt_neo": (
        "gpt_neo",
        {
            "hidden_size": 32,
            "num_layers": 2,
            "num_heads": 4,
            "attention_types": [[["global", "local"], 1]],
            "window_size": 4,
        },
    ),
    "mpt": ("mpt", {"d_model": 32, "n_layers": 2, "n_heads": 4}),
    "mamba": ("mamba", {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8}),
}


@cache
def _bytes_trained() -> str:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330,
        special_tokens=[_END],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXTS[0]] * 3, trainer)
    return tokenizer.to_str()


def byte_tokenizer(*, chat: bool = False, begin: bool = False) -> PreTrainedTokenizerFast:
    """Return a byte-level BPE like GPT-2's; *begin* puts the special token before every text, as Llama's does."""
    tokenizer = Tokenizer.from_str(_bytes_trained())
    if begin:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{_END} $A", special_tokens=[(_END, 0)]
        )
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=_END, eos_token=_END, pad_token=_END
    )
    if chat:
        wrapped.chat_template = CHAT
    return wrapped


def space_tokenizer() -> PreTrainedTokenizerFast:
    """Return a SentencePiece-like BPE: ``▁`` for spaces, bytes for characters it does not know."""
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    trained.train_from_iterator([TEXTS[0]] * 3, trainers.BpeTrainer(vocab_size=80, show_progress=False))
    learnt = json.loads(trained.to_str())["model"]
    pieces = ["<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *learnt["vocab"]]
    model = models.BPE(
        {piece: i for i, piece in enumerate(pieces)},
        [tuple(pair) for pair in learnt["merges"]],
        byte_fallback=True,
    )
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    names = {"bos_token": "<s>", "eos_token": "</s>"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


def build(name: str, *, seed: int = 0, scale: float = 0.2, **changes: Any) -> Any:
    """Return a random model of one of ``ARCHITECTURES``, every matrix drawn with standard deviation *scale*."""
    kind, shape = ARCHITECTURES[name]
    attention = changes.pop("attention", None)
    dtype = changes.pop("dtype", torch.float32)
    ids = {"vocab_size": 330, "bos_token_id": 0, "eos_token_id": None, "pad_token_id": 0}
    config = CONFIG_MAPPING[kind](**{**ids, **shape, **changes})
    options = {} if attention is None else {"attn_implementation": attention}
    model = AutoModelForCausalLM.from_config(config, **options).to(dtype)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, scale, generator=generator)
            elif "sinks" in path:
                parameter.normal_(0, 1, generator=generator)
    return model.eval()


def save(model: Any, folder: Any, tokenizer: Any = None) -> str:
    """Save *model* and a tokenizer as a folder and return its path."""
    model.save_pretrained(folder)
    (tokenizer or byte_tokenizer()).save_pretrained(folder)
    return str(folder)


def random_ids(count: int, *, seed: int = 0, vocabulary: int = 330) -> list[int]:
    """Return *count* ids that are no special token."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(1, vocabulary, (count,), generator=generator).tolist()


def plain_gradients(model: Any, ids: list[int], first: int, function: str) -> tuple[Any, Any]:
    """Return plain autograd's gradients ``[steps, tokens, d]`` and the embeddings: one forward and backward a step.

    The truth that the engine is compared with: prefix by prefix through ``inputs_embeds``, without cache,
    batches, hooks or segments.
    """
    embedded = model.get_input_embeddings()(torch.tensor([ids[:-1]])).detach()
    rows = embedded.new_zeros(len(ids) - first, len(ids) - 1, embedded.shape[-1])
    for step, target in enumerate(ids[first:]):
        leaf = embedded[:, : first + step].clone().requires_grad_()
        logits = model(inputs_embeds=leaf, use_cache=False).logits[0, -1].double()
        (gradient,) = torch.autograd.grad(score(logits, target, function), leaf)
        rows[step, : first + step] = gradient[0]
    return rows, embedded[0]


def score(logits: Any, target: int, function: str) -> Any:
    """Return a target function of one row of logits, written out."""
    if function == "logit":
        return logits[target]
    log_probability = logits[target] - torch.logsumexp(logits, 0)
    return log_probability if function == "log_prob" else log_probability.exp()
