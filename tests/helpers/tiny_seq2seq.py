"""Tiny encoder–decoder models and their tokenizers: encoders deeper than decoders, and of other head counts."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from helpers.tiny import TEXTS, score
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    CONFIG_MAPPING,
    AutoModelForSeq2SeqLM,
    M2M100Tokenizer,
    MBart50Tokenizer,
    MBartTokenizer,
    PreTrainedTokenizerFast,
)

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "The first president of America"
ANSWER = "George Washington was it."
VOCABULARY = 340
PAD, END, BEGIN, UNKNOWN = range(4)

_FAIRSEQ = {
    "d_model": 32,
    "encoder_layers": 3,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 40,
    "max_position_embeddings": 128,
    "forced_eos_token_id": None,
}
SEQ2SEQ: dict[str, tuple[str, dict[str, Any]]] = {
    "bart": ("bart", _FAIRSEQ),
    "mbart": ("mbart", {**_FAIRSEQ, "scale_embedding": True}),
    "m2m_100": ("m2m_100", {**_FAIRSEQ, "scale_embedding": True}),
    "marian": ("marian", {**_FAIRSEQ, "scale_embedding": True}),
    "pegasus": ("pegasus", {**_FAIRSEQ, "scale_embedding": True}),
    "t5": (
        "t5",
        {"d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 3, "num_decoder_layers": 2, "num_heads": 4},
    ),
    "t5_gated": (
        "t5",
        {
            "d_model": 32,
            "d_kv": 8,
            "d_ff": 48,
            "num_layers": 2,
            "num_decoder_layers": 3,
            "num_heads": 4,
            "feed_forward_proj": "gated-gelu",
            "tie_word_embeddings": False,
        },
    ),
}
# Their encoders have axes that are not the source's tokens.
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "longt5": (
        "longt5",
        {
            "d_model": 32,
            "d_kv": 8,
            "d_ff": 48,
            "num_layers": 2,
            "num_decoder_layers": 2,
            "num_heads": 4,
            "encoder_attention_type": "transient-global",
            "local_radius": 3,
            "global_block_size": 4,
        },
    ),
    "pegasus_x": ("pegasus_x", {**_FAIRSEQ, "block_size": 4, "num_global_tokens": 4}),
}


@cache
def _trained() -> str:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<pad>", "</s>", "<s>", "<unk>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXTS[0]] * 3, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", END)])
    return tokenizer.to_str()


def ending_tokenizer() -> PreTrainedTokenizerFast:
    """Return a byte-level BPE that ends every text with ``</s>``, as those of T5 and Marian do."""
    names = {"pad_token": "<pad>", "eos_token": "</s>", "bos_token": "<s>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(_trained()), **names)


def language_tokenizer() -> MBart50Tokenizer:
    """Return a tokenizer of mBART-50's kind: the language stands before each text."""
    letters = sorted({*"abcdefghijklmnopqrstuvwxyzGWTFAI.,"})
    words = ["▁The", "▁first", "▁president", "▁of", "▁America", "▁George", "▁Washington", "▁was", "▁it", "▁"]
    vocabulary = [("<unk>", 0.0), ("<s>", 0.0), ("</s>", 0.0)]
    vocabulary += [(piece, -2.0) for piece in words] + [(letter, -8.0) for letter in letters]
    return MBart50Tokenizer(vocab=vocabulary, src_lang="en_XX")


def sentence_tokenizer(kind: str, folder: Path) -> Any:
    """Return a tokenizer over SentencePiece: M2M-100's, or mBART's first, whose targets end in a language."""
    import sentencepiece

    (folder / "text.txt").write_text(f"{SOURCE}\n{ANSWER}\n" * 40)
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "text.txt"),
        model_prefix=str(folder / "spm"),
        vocab_size=40,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    trained = sentencepiece.SentencePieceProcessor(str(folder / "spm.model"))
    pieces = [trained.id_to_piece(i) for i in range(3, trained.get_piece_size())]
    if kind == "mbart25":
        vocabulary = [("<unk>", 0.0), ("<s>", 0.0), ("</s>", 0.0), *((piece, -3.0) for piece in pieces)]
        return MBartTokenizer(vocab=vocabulary, src_lang="en_XX")
    known = {piece: i for i, piece in enumerate(["<s>", "<pad>", "</s>", "<unk>", *pieces])}
    (folder / "vocab.json").write_text(json.dumps(known))
    return M2M100Tokenizer(str(folder / "vocab.json"), str(folder / "spm.model"), src_lang="en")


def build_seq2seq(name: str, *, seed: int = 0, scale: float = 0.2, **changes: Any) -> Any:
    """Return a random model of one of ``SEQ2SEQ``, every matrix drawn with standard deviation *scale*."""
    kind, shape = (SEQ2SEQ | OTHERS)[name]
    attention = changes.pop("attention", None)
    ids = {
        "vocab_size": VOCABULARY,
        "pad_token_id": PAD,
        "eos_token_id": END,
        "bos_token_id": BEGIN,
        "decoder_start_token_id": END if name in ("m2m_100", "mbart", "bart") else PAD,
    }
    if kind == "marian":
        ids["decoder_vocab_size"] = changes.get("vocab_size", VOCABULARY)
    config = CONFIG_MAPPING[kind](**{**ids, **shape, **changes})
    options = {} if attention is None else {"attn_implementation": attention}
    model = AutoModelForSeq2SeqLM.from_config(config, **options)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            if parameter.ndim > 1 and "embed_positions" not in path:
                parameter.normal_(0, scale, generator=generator)
    return model.eval()


def plain_seq2seq_gradients(
    model: Any, source: list[int], start: list[int], answer: list[int], function: str
) -> tuple[Any, Any]:
    """Return plain autograd's gradients ``[steps, inputs, d]`` and the embeddings: one forward and backward a step.

    The truth that the engine is compared with: prefix by prefix, its leaves what the model's own embedding modules
    give, without cache, batches or segments.
    """
    rows = []
    for step, token in enumerate(answer):
        leaves: list[Any] = []

        def keep(_module: Any, _args: Any, out: Any) -> Any:
            leaves.append(out.detach().requires_grad_())  # noqa: B023
            return leaves[-1]  # noqa: B023

        tables = {id(part.get_input_embeddings()): part.get_input_embeddings() for part in _parts(model)}
        handles = [table.register_forward_hook(keep) for table in tables.values()]
        target = torch.tensor([[*start, *answer[:step]]])
        logits = model(input_ids=torch.tensor([source]), decoder_input_ids=target, use_cache=False).logits
        for handle in handles:
            handle.remove()
        assert len(leaves) == 2
        gradients = torch.autograd.grad(score(logits[0, -1].double(), token, function), leaves)
        whole = torch.cat(gradients, dim=1)[0]
        pad = len(source) + len(start) + len(answer) - 1 - len(whole)
        rows.append(torch.nn.functional.pad(whole, (0, 0, 0, pad)))
    return torch.stack(rows), torch.cat([leaf.detach()[0] for leaf in leaves])


def words_of(count: int, *, seed: int = 0) -> list[int]:
    """Return *count* ids of no special token."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(UNKNOWN + 1, VOCABULARY, (count,), generator=generator).tolist()


def _parts(model: Any) -> tuple[Any, Any]:
    return model.get_encoder(), model.get_decoder()
