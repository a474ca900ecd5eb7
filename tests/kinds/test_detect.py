"""Each kind of model is found by its configuration, and those that cannot be explained are named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from helpers.encoders import word_tokenizer
from helpers.tiny import build, byte_tokenizer, save
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BartForQuestionAnswering,
    BartForSequenceClassification,
    BertConfig,
    BertForMaskedLM,
    BertForMultipleChoice,
    BertForNextSentencePrediction,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertLMHeadModel,
    BertModel,
    GPT2ForSequenceClassification,
    MarianConfig,
    MarianMTModel,
    T5Config,
    T5ForConditionalGeneration,
    T5ForQuestionAnswering,
    T5ForSequenceClassification,
    T5ForTokenClassification,
    ViTConfig,
    ViTForImageClassification,
    ViTModel,
    XLMConfig,
    XLMForQuestionAnsweringSimple,
    XLMWithLMHeadModel,
)

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_BERT = BertConfig(
    vocab_size=330, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
)
_XLM: dict[str, Any] = {"vocab_size": 330, "emb_dim": 16, "n_layers": 1, "n_heads": 2}
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
_VIT = ViTConfig(
    hidden_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=16,
    image_size=8,
    patch_size=4,
)

OTHER_KINDS: dict[str, tuple[Callable[[], Any], str]] = {
    "multiple choice": (lambda: BertForMultipleChoice(_BERT), "a multiple-choice model"),
    "next sentence": (lambda: BertForNextSentencePrediction(_BERT), "a next-sentence model"),
    "bert as a decoder, its mask forgotten": (lambda: BertLMHeadModel(_BERT), "an encoder, since is_decoder"),
    "images": (lambda: ViTForImageClassification(_VIT), "an image classifier"),
    "a body that sees": (lambda: ViTModel(_VIT), "a model of images or sound"),
}


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_other_kinds_are_named(kind: str, tmp_path: Path) -> None:
    make, says = OTHER_KINDS[kind]
    model = make()
    for arguments in ((model, byte_tokenizer()), (save(model, tmp_path),)):
        with pytest.raises(aw.AttrWidgetError) as caught:
            aw.load(*arguments)
        for word in (says, type(model).__name__, "a causal language model", "an encoder without a head"):
            assert word in str(caught.value)
    assert repr(str(tmp_path)) in str(caught.value)


KINDS: dict[str, tuple[Callable[[], Any], str]] = {
    "t5": (lambda: T5ForConditionalGeneration(_T5), "text2text-generation"),
    "bart": (lambda: BartForConditionalGeneration(BartConfig(**_SEQ2SEQ)), "text2text-generation"),
    "marian": (lambda: MarianMTModel(MarianConfig(**_SEQ2SEQ)), "text2text-generation"),
    "gpt2": (lambda: build("gpt2"), "text-generation"),
    "bert": (lambda: BertForMaskedLM(_BERT), "fill-mask"),
    "bert classifier": (lambda: BertForSequenceClassification(_BERT), "text-classification"),
    "gpt2 classifier": (lambda: GPT2ForSequenceClassification(build("gpt2").config), "text-classification"),
    "bart classifier": (lambda: BartForSequenceClassification(BartConfig(**_SEQ2SEQ)), "text-classification"),
    "bart of answers": (lambda: BartForQuestionAnswering(BartConfig(**_SEQ2SEQ)), "question-answering"),
    "t5 classifier": (lambda: T5ForSequenceClassification(_T5), "text-classification"),
    "t5 of tokens": (lambda: T5ForTokenClassification(_T5), "token-classification"),
    "t5 of answers": (lambda: T5ForQuestionAnswering(_T5), "question-answering"),
    "bert of tokens": (lambda: BertForTokenClassification(_BERT), "token-classification"),
    "bert of answers": (lambda: BertForQuestionAnswering(_BERT), "question-answering"),
    "xlm": (lambda: XLMWithLMHeadModel(XLMConfig(**_XLM)), "fill-mask"),
    "xlm of answers": (lambda: XLMForQuestionAnsweringSimple(XLMConfig(**_XLM)), "question-answering"),
    "bert body": (lambda: BertModel(_BERT), "feature-extraction"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_follows_from_the_configuration(kind: str, tmp_path: Path) -> None:
    make, task = KINDS[kind]
    model = make()
    found = aw.load(model, word_tokenizer()), aw.load(save(model, tmp_path, word_tokenizer()))
    assert [loaded.task for loaded in found] == [task, task]
    assert [type(loaded.hf) for loaded in found] == [type(model), type(model)]


def test_a_task_overrides_the_configuration(tmp_path: Path) -> None:
    place = save(BertForMaskedLM(_BERT), tmp_path)
    body = aw.load(place, task="feature-extraction")
    assert type(body.hf) is BertModel
    assert body.task == "feature-extraction"
    with pytest.raises(
        aw.AttrWidgetError, match=r"no weights of a head for 'text-classification'.*classifier"
    ):
        aw.load(place, task="text-classification")
    with pytest.raises(aw.AttrWidgetError, match=r"There is no task 'sentiment'.*text-classification"):
        aw.load(place, task="sentiment")


@pytest.mark.parametrize(
    ("task", "auto"),
    [
        ("text-classification", "AutoModelForSequenceClassification"),
        ("token-classification", "AutoModelForTokenClassification"),
        ("question-answering", "AutoModelForQuestionAnswering"),
        ("text-generation", "AutoModelForCausalLM"),
    ],
)
def test_a_model_object_is_not_what_it_has_no_head_for(task: str, auto: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=auto):
        aw.load(BertModel(_BERT), byte_tokenizer(), task=task)
