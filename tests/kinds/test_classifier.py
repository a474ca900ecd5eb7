"""Classifiers of texts: their classes, labels that may hold together, and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.encoder_cases import MOODS, SENTENCE, bert, logits_of
from helpers.encoders import VOCABULARY, word_tokenizer
from transformers import BigBirdConfig, BigBirdForSequenceClassification, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput
from transformers.models.bert import BertConfig

import attrwidget as aw


@pytest.fixture(scope="module")
def classifier() -> Any:
    return bert("ForSequenceClassification", num_labels=3, id2label=MOODS)


def test_classes_come_with_their_probabilities_the_likeliest_first(classifier: Any) -> None:
    ex = classifier.explain(SENTENCE)
    p = logits_of(classifier, SENTENCE).logits[0].double().softmax(-1).numpy()
    order = np.argsort(-p)
    assert list(ex.steps["token"]) == [MOODS[i] for i in order]
    np.testing.assert_allclose(ex.steps["probability"], p[order], rtol=1e-6)
    assert list(ex.steps["rank"]) == [1, 2, 3]
    np.testing.assert_allclose(ex.steps["entropy"], -(p * np.log(p)).sum(), rtol=1e-6)
    assert [name for name, _ in ex.steps["top"][2]] == [MOODS[i] for i in order]
    assert list(ex.scores().columns)[:2] == ["[CLS]", "the"]
    assert [section.title for section in ex.reading.sections] == ["Text", "Classes"]


def test_a_foil_is_another_class(classifier: Any) -> None:
    ex = classifier.explain(SENTENCE)
    products = ex.scores("input_x_gradient", target_function="logit")
    margin = ex.scores("input_x_gradient", foil="Negative")
    for label in MOODS.values():
        expected = products.loc[label] - products.loc["negative"]
        np.testing.assert_allclose(margin.loc[label], expected, rtol=1e-3, atol=1e-6)
    assert not margin.loc["negative"].any()
    step = list(ex.steps["token"]).index("negative")
    assert f"At step {step} the foil is what was chosen" in margin.attrs["note"]
    assert margin.attrs["foil"] == ["negative"] * 3
    assert ex.scores("input_x_gradient", foil=0).equals(margin)
    for foil, says in (
        ("good", "no class 'good': take one of negative, neutral, positive"),
        (3, "no class 3"),
    ):
        with pytest.raises(aw.AttrWidgetError, match=says):
            ex.scores("input_x_gradient", foil=foil)
    with pytest.raises(aw.AttrWidgetError, match="nothing to contrast"):
        ex.scores("saliency", foil=list(ex.steps["token"]))


def test_pairs_are_told_apart(classifier: Any) -> None:
    ex = classifier.explain("the film was good", "the story was dull")
    assert [(s.title, s.start, s.end) for s in ex.reading.sections] == [
        ("Text", 0, 6),
        ("Second text", 6, 11),
        ("Classes", 11, 14),
    ]
    p = logits_of(classifier, "the film was good", "the story was dull").logits[0].softmax(-1)
    np.testing.assert_allclose(ex.steps["probability"], sorted(p, reverse=True), rtol=1e-5)
    one, two = classifier.explain(["the film was good", "a story"], ["the story was dull", "good"])
    assert one.scores().equals(ex.scores())
    assert two.reading.n_inputs == 6
    again = classifier.explain(word_tokenizer()("the film was good", "the story was dull"))
    assert again.scores().equals(ex.scores())


def test_a_model_that_adapts_to_short_texts_is_not_tried_itself() -> None:
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
    sparse = {"block_size": 4, "num_random_blocks": 1, "max_position_embeddings": 128}
    torch.manual_seed(0)
    own = BigBirdForSequenceClassification(
        BigBirdConfig(vocab_size=len(VOCABULARY), num_labels=3, initializer_range=0.2, **shape, **sparse)
    ).eval()
    ex = aw.load(own, word_tokenizer()).explain(f"{SENTENCE} " * 5)
    with torch.no_grad():
        p = own(torch.tensor([ex.tokens.ids[: ex.reading.n_inputs]])).logits[0].softmax(-1)
    np.testing.assert_allclose(ex.steps["probability"], sorted(p, reverse=True), rtol=1e-5)


def test_several_labels_have_probabilities_of_their_own() -> None:
    several = bert(
        "ForSequenceClassification", num_labels=3, id2label=MOODS, problem_type="multi_label_classification"
    )
    ex = several.explain(SENTENCE)
    logits = logits_of(several, SENTENCE).logits[0].double()
    order = logits.argsort(descending=True)
    p = torch.sigmoid(logits)[order].numpy()
    np.testing.assert_allclose(ex.steps["probability"], p, rtol=1e-6)
    np.testing.assert_allclose(ex.steps["entropy"], -p * np.log(p) - (1 - p) * np.log(1 - p), rtol=1e-6)
    slopes = ex.scores("input_x_gradient").to_numpy()
    for function, slope in {
        "probability": p * (1 - p),
        "log_prob": 1 - p,
        "entropy": p * (1 - p) * np.log((1 - p) / p),
    }.items():
        found = ex.scores("input_x_gradient", target_function=function).to_numpy()
        np.testing.assert_allclose(found, slopes * slope[:, None], rtol=1e-3, atol=1e-7)
    assert ex.reading.sections[-1].title == "Labels"
    aw.evaluate(ex, ["saliency", "attention"])


@pytest.mark.slow
def test_a_number_has_no_probability() -> None:
    number = bert("ForSequenceClassification", num_labels=1)
    ex = number.explain(SENTENCE)
    value = float(logits_of(number, SENTENCE).logits)
    assert ex.steps["token"][0] == f"{value:.4g}"
    assert ex.steps[["probability", "rank", "entropy"]].isna().all(axis=None)
    scores = ex.scores("integrated_gradients")
    assert scores.attrs["target_function"] == "logit"
    assert "{" not in str(ex)
    assert {info.description for info in ex.methods() if info.name == "saliency"} == {
        "saliency of logit, L2 norm"
    }
    for refused in (
        lambda: ex.scores("saliency", target_function="log_prob"),
        lambda: ex.scores("saliency", target_function="entropy"),
        lambda: aw.evaluate(ex, "saliency"),
    ):
        with pytest.raises(aw.AttrWidgetError, match="BertForSequenceClassification"):
            refused()


class BagForSequenceClassification(PreTrainedModel):
    """A linear model of its embeddings: each token adds its part to every class, unless it is masked."""

    config_class = BertConfig
    base_model_prefix = "body"

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.words = torch.nn.Embedding(config.vocab_size, config.hidden_size)
        self.body = torch.nn.Identity()
        self.classes = torch.nn.Linear(config.hidden_size, config.num_labels)
        self.post_init()

    def get_input_embeddings(self) -> Any:
        return self.words

    def forward(self, input_ids: Any, attention_mask: Any = None, return_dict: bool = True) -> Any:
        del return_dict
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        (states,) = self.body((self.words(input_ids) * mask[..., None],))
        return SequenceClassifierOutput(logits=self.classes(states.sum(1)))


def test_of_a_linear_model_all_methods_say_the_same() -> None:
    config = BertConfig(vocab_size=len(VOCABULARY), hidden_size=16, num_labels=3, id2label=MOODS)
    torch.manual_seed(0)
    own = BagForSequenceClassification(config).eval()
    ex = aw.load(own, word_tokenizer()).explain(SENTENCE)
    assert ex.reading.n_layers == 0
    assert "together" in ex.reading.attention_note or "no attention weights" in ex.reading.attention_note
    with torch.no_grad():
        parts = own.words(torch.tensor(ex.tokens.ids[: ex.reading.n_inputs])) @ own.classes.weight.T
    truth = parts.T[list(ex.trace.outputs)].numpy()
    for method, options in {
        "input_x_gradient": {},
        "integrated_gradients": {"baseline": "zero", "points": 3},
        "leave_one_out": {"target_function": "logit"},
        "leave_one_out_deleted": {"target_function": "logit"},
    }.items():
        found = ex.scores(method, normalize=None, **options)
        np.testing.assert_allclose(found, truth, rtol=1e-3, atol=1e-5, err_msg=method)


def test_bad_input_is_told_in_a_sentence(classifier: Any) -> None:
    long = "good " * 600
    for call, says in (
        (lambda: classifier.explain(""), "The text is empty"),
        (lambda: classifier.explain([]), "The text"),
        (lambda: classifier.explain([3, 999]), "Token id 999 in the text does not exist.*0 to 92"),
        (lambda: classifier.explain(7), "The text must be a text"),
        (lambda: classifier.explain("a film", 7), "The second text must be a text, not int"),
        (lambda: classifier.explain([2, 5, 3], "good"), "second text can only follow a first text"),
        (lambda: classifier.explain(["a", "b"], ["c"]), "2 texts and 1 second texts"),
        (lambda: classifier.explain(long), "602 tokens.*sees at most 512: shorten it by 90"),
    ):
        with pytest.raises(aw.AttrWidgetError, match=says) as caught:
            call()
        assert str(caught.value).endswith(".")
