"""Models of other kinds are refused by their kind: AutoModelForCausalLM would load most of them, to no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tiny import build, byte_tokenizer, save
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertLMHeadModel,
    BertModel,
    GPT2ForSequenceClassification,
    MarianConfig,
    MarianMTModel,
    T5Config,
    T5ForConditionalGeneration,
)

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_BERT = BertConfig(
    vocab_size=330, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
)
_SEQ2SEQ = {
    "vocab_size": 330,
    "d_model": 16,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 16,
    "decoder_ffn_dim": 16,
    "pad_token_id": 0,
    "eos_token_id": 0,
    "bos_token_id": 0,
    "decoder_start_token_id": 0,
    "forced_eos_token_id": None,
}
_T5 = T5Config(
    vocab_size=330, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, decoder_start_token_id=0
)
OTHER_KINDS: dict[str, tuple[Callable[[], Any], str]] = {
    "t5": (lambda: T5ForConditionalGeneration(_T5), "an encoder–decoder"),
    "bart": (lambda: BartForConditionalGeneration(BartConfig(**_SEQ2SEQ)), "an encoder–decoder"),
    "marian": (lambda: MarianMTModel(MarianConfig(**_SEQ2SEQ)), "an encoder–decoder"),
    "bert": (lambda: BertForMaskedLM(_BERT), "a masked language model"),
    "bert classifier": (lambda: BertForSequenceClassification(_BERT), "a sequence classifier"),
    "bert as a decoder, its mask forgotten": (lambda: BertLMHeadModel(_BERT), "an encoder"),
    "bert body": (lambda: BertModel(_BERT), "an encoder without a head"),
    "gpt2 classifier": (
        lambda: GPT2ForSequenceClassification(build("gpt2").config),
        "a sequence classifier",
    ),
}


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_other_kinds_are_named(kind: str, tmp_path: Path) -> None:
    make, says = OTHER_KINDS[kind]
    model = make()
    for arguments in ((model, byte_tokenizer()), (save(model, tmp_path),)):
        with pytest.raises(aw.AttrWidgetError) as caught:
            aw.load(*arguments)
        for word in (says, type(model).__name__, "only causal language models"):
            assert word in str(caught.value)
    assert repr(str(tmp_path)) in str(caught.value)
