"""What each kind of model says of a text: classes, labels, numbers, spans, masks, and nothing at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.encoders import VOCABULARY, build, word_tokenizer
from transformers import BigBirdConfig, BigBirdForSequenceClassification, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput
from transformers.models.bert import BertConfig

import attrwidget as aw
from attrwidget.kinds.question_answering import best_span

TEXT = "the film was not good , a dull story ."
MOODS = {0: "negative", 1: "neutral", 2: "positive"}
NAMES = {0: "O", 1: "B-PER", 2: "B-LOC"}
QUESTION, CONTEXT = "who lives in paris ?", "john lives in london . anna lives in paris ."


def model(head: str, **changes: Any) -> Any:
    return aw.load(build("bert", head, **changes), word_tokenizer())


@pytest.fixture(scope="module")
def classifier() -> Any:
    return model("ForSequenceClassification", num_labels=3, id2label=MOODS)


@pytest.fixture(scope="module")
def masked() -> Any:
    return model("ForMaskedLM")


@pytest.fixture(scope="module")
def answering() -> Any:
    return model("ForQuestionAnswering")


@pytest.fixture(scope="module")
def labelling() -> Any:
    return model("ForTokenClassification", num_labels=3, id2label=NAMES, seed=4)


def logits_of(loaded: Any, *texts: str) -> Any:
    with torch.no_grad():
        return loaded.hf(**loaded.tokenizer(*texts, return_tensors="pt"))


def test_classes_come_with_their_probabilities_the_likeliest_first(classifier: Any) -> None:
    ex = classifier.explain(TEXT)
    p = logits_of(classifier, TEXT).logits[0].double().softmax(-1).numpy()
    order = np.argsort(-p)
    assert list(ex.steps["token"]) == [MOODS[i] for i in order]
    np.testing.assert_allclose(ex.steps["probability"], p[order], rtol=1e-6)
    assert list(ex.steps["rank"]) == [1, 2, 3]
    np.testing.assert_allclose(ex.steps["entropy"], -(p * np.log(p)).sum(), rtol=1e-6)
    assert [name for name, _ in ex.steps["top"][2]] == [MOODS[i] for i in order]
    assert list(ex.scores().columns)[:2] == ["[CLS]", "the"]
    assert [section.title for section in ex.sections] == ["Text", "Classes"]


def test_a_foil_is_another_class(classifier: Any) -> None:
    ex = classifier.explain(TEXT)
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
    assert [(s.title, s.start, s.end) for s in ex.sections] == [
        ("Text", 0, 6),
        ("Second text", 6, 11),
        ("Classes", 11, 14),
    ]
    p = logits_of(classifier, "the film was good", "the story was dull").logits[0].softmax(-1)
    np.testing.assert_allclose(ex.steps["probability"], sorted(p, reverse=True), rtol=1e-5)
    one, two = classifier.explain(["the film was good", "a story"], ["the story was dull", "good"])
    assert one.scores().equals(ex.scores())
    assert two.n_inputs == 6
    again = classifier.explain(word_tokenizer()("the film was good", "the story was dull"))
    assert again.scores().equals(ex.scores())


def test_a_model_that_adapts_to_short_texts_is_not_tried_itself() -> None:
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
    sparse = {"block_size": 4, "num_random_blocks": 1, "max_position_embeddings": 128}
    torch.manual_seed(0)
    own = BigBirdForSequenceClassification(
        BigBirdConfig(vocab_size=len(VOCABULARY), num_labels=3, initializer_range=0.2, **shape, **sparse)
    ).eval()
    ex = aw.load(own, word_tokenizer()).explain(f"{TEXT} " * 5)
    with torch.no_grad():
        p = own(torch.tensor([ex.tokens.ids[: ex.n_inputs]])).logits[0].softmax(-1)
    np.testing.assert_allclose(ex.steps["probability"], sorted(p, reverse=True), rtol=1e-5)


def test_several_labels_have_probabilities_of_their_own() -> None:
    several = model(
        "ForSequenceClassification", num_labels=3, id2label=MOODS, problem_type="multi_label_classification"
    )
    ex = several.explain(TEXT)
    logits = logits_of(several, TEXT).logits[0].double()
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
    assert ex.sections[-1].title == "Labels"
    aw.evaluate(ex, ["saliency", "attention"])


def test_a_number_has_no_probability() -> None:
    number = model("ForSequenceClassification", num_labels=1)
    ex = number.explain(TEXT)
    value = float(logits_of(number, TEXT).logits)
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


def test_masks_are_filled_in(masked: Any) -> None:
    text = "the [MASK] of france is [MASK] ."
    ex = masked.explain(text)
    logits = logits_of(masked, text).logits[0, [2, 6]].double()
    assert [ex.trace.position(s) for s in range(2)] == [2, 6]
    assert ex.trace.outputs == tuple(logits.argmax(-1).tolist())
    np.testing.assert_allclose(ex.steps["probability"], logits.softmax(-1).amax(-1), rtol=1e-6)
    given = masked.explain(text, output=["capital", "paris"])
    assert list(given.steps["token"]) == ["capital", "paris"]
    paris = VOCABULARY.index("paris")
    assert given.steps["log_probability"][1] == pytest.approx(float(logits[1].log_softmax(-1)[paris]))
    assert given.scores("saliency", foil="london").attrs["foil"] == ["london", "london"]
    assert masked.explain(text, output=[VOCABULARY.index("capital"), "paris"]).scores().equals(given.scores())
    one, two = masked.explain(["a [MASK] story", "a film by [MASK]"], output=["dull", "anna"])
    assert [list(e.steps["token"]) for e in (one, two)] == [["dull"], ["anna"]]


def test_the_lens_reads_masks_at_every_layer(masked: Any) -> None:
    ex = masked.explain("the [MASK] of france is [MASK] .")
    lens = ex.logit_lens()
    inputs = word_tokenizer()("the [MASK] of france is [MASK] .", return_tensors="pt")
    with torch.no_grad():
        states = masked.hf.bert(**inputs, output_hidden_states=True).hidden_states[1:]
        for layer, state in enumerate(states):
            p = masked.hf.cls(state)[0, [2, 6]].double().softmax(-1)
            for step in range(2):
                assert lens.loc[layer, (step, "probability")] == pytest.approx(float(p[step].max()), rel=1e-5)
                chosen = float(p[step, ex.trace.outputs[step]])
                assert lens.loc[layer, (step, "chosen")] == pytest.approx(chosen, rel=1e-5)


def test_the_lens_is_for_predicted_tokens(classifier: Any) -> None:
    with pytest.raises(aw.AttrWidgetError, match="causal and masked language models"):
        classifier.explain(TEXT).logit_lens()


def test_an_answer_has_a_start_and_an_end(answering: Any) -> None:
    ex = answering.explain(QUESTION, CONTEXT)
    out = logits_of(answering, QUESTION, CONTEXT)
    start, end = ex.trace.outputs
    context = ex.sections[1]
    inside = range(context.start, context.end - 1)
    spans = {
        (s, e): float(out.start_logits[0, s] + out.end_logits[0, e]) for s in inside for e in inside if e >= s
    }
    assert (start, end) == max(spans, key=lambda span: spans[span])
    allowed = [0, *inside]
    p = [out.start_logits[0, allowed].double().softmax(-1), out.end_logits[0, allowed].double().softmax(-1)]
    for step, place in enumerate((start, end)):
        assert ex.steps["probability"][step] == pytest.approx(float(p[step][allowed.index(place)]), rel=1e-5)
    words = " ".join(ex.tokens.labels[start : end + 1])
    assert ex.sections[2].title == f"Answer: “{words}”"
    foil = ex.scores("input_x_gradient", foil="anna")
    at = ex.tokens.labels.index("anna")
    assert ex.trace.named("anna") == (at, at)
    apart = ex.scores("input_x_gradient", foil=[at, at])
    assert foil.equals(apart)
    with pytest.raises(aw.AttrWidgetError, match="'maria' is not in the context"):
        ex.scores("saliency", foil="maria")
    batch = answering.explain([QUESTION, "what is good ?"], [CONTEXT, "music is good ."])
    assert batch[0].scores().equals(ex.scores())


@pytest.mark.parametrize("longest", [1, 3, 30])
def test_the_best_span_is_the_best_of_all(longest: int) -> None:
    logits = torch.randn(2, 40, generator=torch.Generator().manual_seed(longest))
    inside = range(7, 38)
    found = best_span(logits, inside, longest)
    spans = [(s, e) for s in inside for e in inside if s <= e < s + longest]
    assert found == max(spans, key=lambda span: float(logits[0, span[0]] + logits[1, span[1]]))


def test_labels_of_tokens(labelling: Any) -> None:
    text = "john lives in paris and anna in london"
    ex = labelling.explain(text)
    labels = logits_of(labelling, text).logits[0].argmax(-1).tolist()
    words = ["[CLS]", *text.split(), "[SEP]"]
    named = [i for i in range(1, len(words) - 1) if labels[i]]
    assert named
    assert len(named) < len(words) - 2
    assert list(ex.steps["token"]) == [f"{words[i]}/{NAMES[labels[i]]}" for i in named]
    assert [ex.trace.position(s) for s in range(ex.n_steps)] == named
    every = labelling.explain(text, all_tokens=True)
    assert list(every.steps["token"]) == [f"{words[i]}/{NAMES[labels[i]]}" for i in range(1, len(words) - 1)]
    rows = every.scores("input_x_gradient").to_numpy()[[i - 1 for i in named]]
    np.testing.assert_allclose(ex.scores("input_x_gradient"), rows, rtol=1e-4, atol=1e-6)


def test_without_a_name_all_tokens_are_listed() -> None:
    plain = model("ForTokenClassification", num_labels=1, id2label={0: "O"})
    ex = plain.explain("john lives in paris")
    assert list(ex.steps["token"]) == ["john/O", "lives/O", "in/O", "paris/O"]
    assert ex.warnings == ["No token has a label other than O, so all tokens are listed."]


def test_an_encoder_without_a_head_shows_its_attention_alone() -> None:
    body = model("")
    ex = body.explain(TEXT)
    assert "only its attention can be read" in ex.warnings[0]
    for info in ex.methods():
        assert "attention" in info.name or info.name in ("rollout", "value_zeroing")
    with torch.no_grad():
        eager = build("bert", "", attention="eager")
        layers = eager(**word_tokenizer()(TEXT, return_tensors="pt"), output_attentions=True).attentions
    np.testing.assert_allclose(ex.attention(1, 2), layers[1][0, 2], rtol=1e-4, atol=1e-6)
    assert ex.steps["probability"].isna().all()
    for method in ("saliency", "leave_one_out", "integrated_gradients"):
        with pytest.raises(aw.AttrWidgetError, match="has no head that makes one: read its attention"):
            ex.scores(method)
    with pytest.raises(aw.AttrWidgetError, match="no probabilities"):
        aw.evaluate(ex)


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
    ex = aw.load(own, word_tokenizer()).explain(TEXT)
    assert ex.n_layers == 0
    assert "together" in ex.attention_note or "no attention weights" in ex.attention_note
    with torch.no_grad():
        parts = own.words(torch.tensor(ex.tokens.ids[: ex.n_inputs])) @ own.classes.weight.T
    truth = parts.T[list(ex.trace.outputs)].numpy()
    for method, options in {
        "input_x_gradient": {},
        "integrated_gradients": {"baseline": "zero", "points": 3},
        "leave_one_out": {"target_function": "logit"},
        "leave_one_out_deleted": {"target_function": "logit"},
    }.items():
        found = ex.scores(method, normalize=None, **options)
        np.testing.assert_allclose(found, truth, rtol=1e-3, atol=1e-5, err_msg=method)


def test_evaluation_of_classes_and_masks(classifier: Any, masked: Any) -> None:
    for ex in (classifier.explain(TEXT), masked.explain("the [MASK] of france is paris .")):
        found = aw.evaluate(ex, ["leave_one_out", "attention", "saliency"], steps=[0])
        assert found.summary.notna().all(axis=None)
        whole = found.curves_of(0)["deletion", "leave_one_out"].iloc[0]
        assert whole == pytest.approx(ex.steps["log_probability"][0], rel=1e-4)
        words = [i for i, special in enumerate(ex.tokens.special[: ex.n_inputs]) if not special]
        keep_mask = torch.ones(1, ex.n_inputs, dtype=torch.long)
        keep_mask[0, words] = 0
        with torch.no_grad():
            logits = ex.trace.model.own(
                torch.tensor([ex.tokens.ids[: ex.n_inputs]]), attention_mask=keep_mask
            ).logits
        rows = logits[0] if logits.ndim == 2 else logits[0, ex.trace.position(0)]
        gone = found.curves_of(0)["deletion", "leave_one_out"].iloc[-1]
        assert gone == pytest.approx(float(rows.log_softmax(-1)[ex.trace.outputs[0]]), rel=1e-4)


def test_bad_input_is_told_in_a_sentence(classifier: Any, masked: Any, answering: Any) -> None:
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
        (lambda: masked.explain("no mask here"), r"no mask.*put '\[MASK\]' where"),
        (lambda: masked.explain("a [MASK] film", output="bright dull"), "is 2 tokens.*a mask stands for one"),
        (lambda: masked.explain("a [MASK] film", output=["a", "b"]), "has 1 masks and output= 2 words"),
        (lambda: masked.explain("a [MASK] film", output=""), "output= must be a word"),
        (lambda: answering.explain(QUESTION), "answered out of a context"),
        (lambda: answering.explain(QUESTION, ""), "The second text is empty"),
        (lambda: answering.explain(QUESTION, long), "608 tokens.*at most 512"),
        (lambda: answering.explain(QUESTION, CONTEXT, max_answer_tokens=0), "at least 1, not 0"),
    ):
        with pytest.raises(aw.AttrWidgetError, match=says) as caught:
            call()
        assert str(caught.value).endswith(".")


def test_a_reader_of_roberta_s_kind_has_less_room() -> None:
    small = aw.load(build("roberta", "ForSequenceClassification"), word_tokenizer())
    assert small.explain("good " * 63).n_inputs == 65
    with pytest.raises(aw.AttrWidgetError, match=r"67 tokens.*at most 65"):
        small.explain("good " * 65)


def test_models_without_padding_are_run_one_by_one() -> None:
    own = build("gpt2", "ForSequenceClassification", pad_token_id=None)
    ex = aw.load(own, word_tokenizer()).explain(TEXT)
    assert not ex.trace.capabilities.batches
    padded = aw.load(build("gpt2", "ForSequenceClassification"), word_tokenizer()).explain(TEXT)
    for method in ("leave_one_out", "leave_one_out_deleted", "value_zeroing"):
        np.testing.assert_allclose(ex.scores(method), padded.scores(method), rtol=1e-4, atol=1e-6)
    aw.evaluate(ex, "saliency", steps=[0])
