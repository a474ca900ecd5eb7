"""Calls of encoder–decoders, classifiers and question answering, captured: as their own explain gives them."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import torch
from helpers.encoders import build as build_encoder
from helpers.encoders import word_tokenizer
from helpers.model_state import state
from helpers.tiny_seq2seq import END, PAD, build_seq2seq, ending_tokenizer, language_tokenizer
from transformers import pipeline

import attrwidget as aw

TEXTS = ["The first president of America", "George", "America is of the first"]


def same(one: Any, other: Any, method: str = "saliency") -> None:
    assert one.tokens.ids == other.tokens.ids
    assert [s[:3] for s in one.reading.sections] == [s[:3] for s in other.reading.sections]
    np.testing.assert_array_equal(one.scores(method), other.scores(method))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["t5", "bart", "marian"])
def test_an_encoder_decoder(name: str) -> None:
    model, tokenizer = build_seq2seq(name), ending_tokenizer()
    before = state(model)
    inputs = tokenizer(TEXTS, padding=True, return_tensors="pt", return_token_type_ids=False)
    with aw.capture(model, tokenizer) as captured:
        result = model.generate(**inputs, max_new_tokens=8)
        beams = model.generate(**inputs, max_new_tokens=5, num_beams=3, num_return_sequences=2)
    assert state(model) == before
    explanations = captured.explanations
    assert len(explanations) == 9
    loaded = aw.load(model, tokenizer)
    for ex, text, row in zip(explanations, TEXTS, result.tolist(), strict=False):
        answer = row[1:]
        answer = answer[: answer.index(END) + 1] if END in answer else answer
        assert ex.tokens.ids == [*tokenizer(text)["input_ids"], row[0], *answer]
        same(ex, loaded.explain(text, output=answer))
    for ex, row in zip(explanations[3:], beams.tolist(), strict=True):
        answer = ex.tokens.ids[ex.reading.first_step :]
        assert row[1 : 1 + len(answer)] == answer
        assert set(row[1 + len(answer) :]) <= {PAD}


def test_a_decoder_begun_by_the_user() -> None:
    """With or without the decoder's start token before it, which generate puts there."""
    model, tokenizer = build_seq2seq("t5"), ending_tokenizer()
    inputs = tokenizer(TEXTS[0], return_tensors="pt", return_token_type_ids=False)
    with aw.capture(model, tokenizer) as captured:
        for begun in ([PAD, 9, 10], [9, 10]):
            model.generate(**inputs, decoder_input_ids=torch.tensor([begun]), max_new_tokens=4)
    for ex in captured.explanations:
        assert ex.reading.n_steps == 4
        assert ex.tokens.ids[: ex.reading.first_step][-3:] == [PAD, 9, 10]


@pytest.mark.slow
def test_a_forced_language_is_no_target() -> None:
    tokenizer = language_tokenizer()
    model = build_seq2seq("mbart", vocab_size=len(tokenizer), decoder_start_token_id=2)
    language = tokenizer.convert_tokens_to_ids("fr_XX")
    inputs = tokenizer(TEXTS[0], return_tensors="pt", return_token_type_ids=False)
    with aw.capture(model, tokenizer) as captured:
        model.generate(**inputs, forced_bos_token_id=language, max_new_tokens=5)
    (ex,) = captured.explanations
    assert ex.tokens.ids[: ex.reading.first_step][-2:] == [2, language]
    assert ex.reading.n_steps == 4
    truth = aw.load(model, tokenizer).explain(
        TEXTS[0], src_lang="en_XX", tgt_lang="fr_XX", output=ex.tokens.ids[ex.reading.first_step :]
    )
    same(ex, truth)


def test_encoder_outputs_alone() -> None:
    model, tokenizer = build_seq2seq("t5"), ending_tokenizer()
    inputs = tokenizer(TEXTS[0], return_tensors="pt", return_token_type_ids=False)
    with aw.capture(model, tokenizer) as captured:
        model.generate(encoder_outputs=model.get_encoder()(**inputs), max_new_tokens=2)
    with pytest.raises(aw.AttrWidgetError, match="encoder's outputs"):
        _ = captured.explanations


@pytest.mark.slow
@pytest.mark.parametrize(
    ("head", "texts"),
    [
        ("ForSequenceClassification", ["the film was good", "a dull story , not good"]),
        ("ForTokenClassification", ["anna lives in paris", "john and mary"]),
        ("ForMaskedLM", ["paris is the [MASK] of france", "the [MASK] was dull"]),
    ],
)
def test_a_model_that_reads(head: str, texts: list[str]) -> None:
    model, tokenizer = build_encoder("bert", head), word_tokenizer()
    before = state(model)
    with aw.capture(model, tokenizer) as captured:
        model(**tokenizer(texts, padding=True, return_tensors="pt"))
        with torch.no_grad():
            model(tokenizer(texts[0], return_tensors="pt")["input_ids"])
        first = (
            captured.explanations
        )  # read while it is watched: what explaining runs is no call of the user's
    assert state(model) == before
    assert captured.explanations == first
    assert len(first) == 3
    truth = aw.load(model, tokenizer).explain(texts)
    for ours, theirs in zip(first, [*truth, truth[0]], strict=True):
        same(ours, theirs)


def test_a_classifying_pipeline_in_a_thread() -> None:
    model, tokenizer = build_encoder("distilbert", "ForSequenceClassification"), word_tokenizer()
    pipe = pipeline("text-classification", model=model, tokenizer=tokenizer)
    with aw.capture(model, tokenizer) as captured:
        thread = threading.Thread(target=pipe, args=("the film was good",))
        thread.start()
        thread.join()
    (ex,) = captured.explanations
    same(ex, aw.load(model, tokenizer).explain("the film was good"))


@pytest.mark.parametrize("name", ["bert", "distilbert"])
def test_question_answering(name: str) -> None:
    """Where the tokenizer tells the two texts by type, and where only control tokens stand between them."""
    model, tokenizer = build_encoder(name, "ForQuestionAnswering"), word_tokenizer()
    question, context = "who lives in paris ?", "anna lives in paris and john lives in london ."
    inputs = tokenizer(question, context, return_tensors="pt")
    if name == "distilbert":
        inputs.pop("token_type_ids", None)
    with aw.capture(model, tokenizer) as captured:
        model(**inputs)
    (ex,) = captured.explanations
    same(ex, aw.load(model, tokenizer).explain(question, context=context))


def test_what_cannot_be_told() -> None:
    model, tokenizer = build_encoder("bert", "ForSequenceClassification"), word_tokenizer()
    embedded = model.get_input_embeddings()(torch.tensor([[2, 7, 3]]))
    with aw.capture(model, tokenizer) as captured:
        model(inputs_embeds=embedded)
    with pytest.raises(aw.AttrWidgetError, match="inputs_embeds"):
        _ = captured.explanations
    with pytest.raises(aw.AttrWidgetError, match=r"call model\(…\)"):
        _ = aw.capture(model, tokenizer).explanations
