"""Models of an encoder and a decoder that read a text: loaded, left alone, saved, shown, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.encoders import VOCABULARY, build, word_tokenizer
from helpers.exported import decoded_attention, decoded_scores, export
from helpers.model_state import state
from helpers.page import SELECTION, Page
from transformers import BartForSequenceClassification, T5Gemma2Config, T5Gemma2ForSequenceClassification

import attrwidget as aw
from attrwidget.page.content import content_of

if TYPE_CHECKING:
    from pathlib import Path

PREMISE, HYPOTHESIS = "anna lives in paris .", "maria lives not in london"
QUESTION, CONTEXT = "who lives in paris ?", "john lives in london . anna lives in paris ."
NLI = {0: "contradiction", 1: "neutral", 2: "entailment"}
END = VOCABULARY.index("[SEP]")


def classifier(name: str = "bart", **changes: Any) -> Any:
    return build(name, "ForSequenceClassification", num_labels=3, id2label=NLI, **changes)


def ids_of(ex: Any) -> torch.Tensor:
    return torch.tensor([ex.tokens.ids[: ex.reading.n_inputs]])


@pytest.fixture(scope="module")
def explanation() -> Any:
    return aw.load(classifier(), word_tokenizer()).explain(PREMISE, HYPOTHESIS)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bart", "mbart", "t5"])
def test_a_folder_gives_what_the_object_gives(name: str, tmp_path: Path) -> None:
    own = classifier(name)
    before = state(own)
    ex = aw.load(own, word_tokenizer()).explain(PREMISE, HYPOTHESIS)
    for info in ex.methods():
        if not info.name.startswith(("inseq", "captum", "shap", "lime")):
            ex.reading.rows(info.name, range(ex.reading.n_steps))
    assert state(own) == before
    own.save_pretrained(tmp_path)
    word_tokenizer().save_pretrained(tmp_path)
    again = aw.load(tmp_path)
    assert again.task == "text-classification"
    other = again.explain(PREMISE, HYPOTHESIS)
    for method in ("saliency", "leave_one_out", "attention"):
        np.testing.assert_allclose(other.scores(method), ex.scores(method), rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_attention_that_cannot_be_told_apart_is_not_shown() -> None:
    """T5Gemma 2 looks at itself and at the encoder by one attention, and returns no other."""
    sizes = {
        "vocab_size": len(VOCABULARY),
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
    }
    sight = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 1, "num_attention_heads": 4}
    tokens = {"pad_token_id": VOCABULARY.index("[PAD]"), "eos_token_id": END, "bos_token_id": 0}
    config = T5Gemma2Config(
        encoder={
            "text_config": {**sizes, **tokens},
            "vision_config": {**sight, "image_size": 28, "patch_size": 14},
            "mm_tokens_per_image": 4,
        },
        decoder={**sizes, **tokens},
        num_labels=3,
        image_token_index=5,
        eoi_token_index=6,
        **tokens,
    )
    ex = aw.load(T5Gemma2ForSequenceClassification(config).eval(), word_tokenizer()).explain(PREMISE)
    assert ex.reading.n_layers == 0
    assert "leave_one_out" in [info.name for info in ex.methods()]
    with pytest.raises(aw.AttrWidgetError, match="attention"):
        ex.attention(0, 0)


def test_a_wrapped_forward_changes_nothing() -> None:
    own, wrapped = (build("bart", "ForQuestionAnswering") for _ in range(2))
    real = wrapped.forward
    wrapped.forward = lambda *args, **options: real(*args, **options)  # noqa: PLW0108 - it hides what is taken
    plain, ex = (aw.load(m, word_tokenizer()).explain(QUESTION, CONTEXT) for m in (own, wrapped))
    assert ex.reading.n_layers == plain.reading.n_layers
    np.testing.assert_allclose(ex.scores("saliency"), plain.scores("saliency"), rtol=1e-4, atol=1e-6)


def test_several_ends_in_a_configuration() -> None:
    own = build("bart", "ForQuestionAnswering")
    truth = aw.load(own, word_tokenizer()).explain(QUESTION, CONTEXT).scores("saliency")
    own.config.eos_token_id = [END, 5]
    ex = aw.load(own, word_tokenizer()).explain(QUESTION, CONTEXT)
    np.testing.assert_allclose(ex.scores("saliency"), truth, rtol=1e-4, atol=1e-6)


def test_why_there_is_no_score_for_the_end() -> None:
    explanation = aw.load(classifier(), word_tokenizer()).explain(PREMISE)
    for method in ("leave_one_out_deleted", "leave_one_out_replaced"):
        scores = explanation.scores(method)
        assert scores.iloc[:, -1].isna().all()
        assert "no score (NaN) for the end of the text" in scores.attrs["note"]
        with pytest.warns(
            UserWarning, match="gone, the text has no end, at which its class is read. Take smaller"
        ):
            explanation.scores(method, units=[(1, explanation.reading.n_inputs)])


def test_a_pair_has_two_parts_and_named_classes(explanation: Any) -> None:
    assert [(s.title, s.start, s.end) for s in explanation.reading.sections] == [
        ("Text", 0, 7),
        ("Second text", 7, 13),
        ("Classes", 13, 16),
    ]
    assert set(explanation.steps["token"]) == set(NLI.values())
    margin = explanation.scores("input_x_gradient", foil="neutral")
    logits = explanation.scores("input_x_gradient", target_function="logit")
    for label in NLI.values():
        expected = logits.loc[label] - logits.loc["neutral"]
        np.testing.assert_allclose(margin.loc[label], expected, rtol=1e-3, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bart", "mbart", "t5"])
def test_padding_and_batches_change_nothing(name: str) -> None:
    model, tokenizer = aw.load(classifier(name), word_tokenizer()), word_tokenizer()
    texts = ["the film was good", "a dull story , not bright and not good"]
    singles = [model.explain(text) for text in texts]
    for several in (model.explain(texts), model.explain(tokenizer(texts, padding=True, return_tensors="pt"))):
        for one, other in zip(singles, several, strict=True):
            assert one.reading.n_inputs == other.reading.n_inputs
            for method in ("saliency", "leave_one_out", "attention"):
                assert one.scores(method).equals(other.scores(method))
    padded = tokenizer(texts, padding=True, return_tensors="pt", return_token_type_ids=False)
    with torch.no_grad():
        rows = model.hf(**padded).logits.softmax(-1)
    for one, row in zip(singles, rows, strict=True):
        np.testing.assert_allclose(one.steps["probability"], sorted(row, reverse=True), rtol=1e-4)


def test_a_class_is_read_at_the_last_end_wherever_it_is() -> None:
    """As in mBART's texts, where a language's token comes after the end."""
    own = classifier("mbart", dtype=torch.float64)
    ids = [5, 6, 7, END, 9, 8, END, 30]
    ex = aw.load(own, word_tokenizer()).explain(ids)
    assert [ex.trace.position(s) for s in range(3)] == [6, 6, 6]
    eager = classifier("mbart", dtype=torch.float64, attention="eager")
    with torch.no_grad():
        out = eager(torch.tensor([ids]), output_attentions=True)
    np.testing.assert_allclose(
        ex.steps["probability"], sorted(out.logits[0].softmax(-1), reverse=True), rtol=1e-6
    )
    np.testing.assert_allclose(
        ex.attention(0, 1).iloc[0], out.cross_attentions[0][0, 1, 6], rtol=1e-4, atol=1e-6
    )
    assert ex.scores("saliency", normalize=None).iloc[0, -1] > 0


def test_a_text_without_its_end_is_refused() -> None:
    model = aw.load(classifier(), word_tokenizer())
    with pytest.raises(aw.AttrWidgetError, match=r"no token '\[SEP\]' \(id 3\).*end it with one\."):
        model.explain([2, 9, 10])
    with pytest.raises(aw.AttrWidgetError, match="sees at most 64"):
        model.explain("good " * 80)
    assert aw.load(classifier("t5"), word_tokenizer()).explain("good " * 80).reading.n_inputs == 82


@pytest.mark.slow
def test_a_text_that_holds_padding_is_read_as_the_model_reads_it() -> None:
    for name in ("bart", "mbart", "t5"):
        own = classifier(name)
        ids = [2, 9, 0, 10, END]
        ex = aw.load(own, word_tokenizer()).explain(ids)
        with torch.no_grad():
            p = own(torch.tensor([ids]), attention_mask=torch.ones(1, 5, dtype=torch.long)).logits.softmax(-1)
        np.testing.assert_allclose(ex.steps["probability"], sorted(p[0], reverse=True), rtol=1e-5)


def test_one_module_may_embed_for_both(explanation: Any) -> None:
    """As it does once the vocabulary has been resized."""
    own = classifier()
    own.resize_token_embeddings(len(VOCABULARY) + 3, mean_resizing=False)
    assert own.get_encoder().get_input_embeddings() is own.get_decoder().get_input_embeddings()
    ex = aw.load(own, word_tokenizer()).explain(PREMISE, HYPOTHESIS)
    for method in ("saliency", "input_x_gradient", "leave_one_out"):
        np.testing.assert_allclose(
            ex.scores(method), explanation.scores(method), rtol=1e-4, atol=1e-6, err_msg=method
        )


def test_a_decoder_with_a_table_of_its_own_gives_no_gradients() -> None:
    ex = aw.load(classifier(tie_word_embeddings=False), word_tokenizer()).explain(PREMISE, HYPOTHESIS)
    assert ex.methods()[0].name == "leave_one_out"
    with pytest.raises(aw.AttrWidgetError, match="its decoder embeds tokens in another way than its encoder"):
        ex.scores("saliency")
    assert np.isfinite(ex.scores("leave_one_out")).all(axis=None)
    assert ex.reading.n_layers == 2


def test_a_call_is_captured_unless_the_decoder_was_given_tokens() -> None:
    own, tokenizer = classifier(), word_tokenizer()
    inputs = tokenizer(PREMISE, HYPOTHESIS, return_tensors="pt", return_token_type_ids=False)
    with aw.capture(own, tokenizer) as captured:
        own(**inputs)
    (ex,) = captured.explanations
    again = aw.load(own, tokenizer).explain(PREMISE, HYPOTHESIS)
    np.testing.assert_array_equal(ex.scores("saliency"), again.scores("saliency"))
    with aw.capture(own, tokenizer) as captured:
        own(**inputs, decoder_input_ids=inputs["input_ids"])
    with pytest.raises(aw.AttrWidgetError, match="was given decoder_input_ids beside the text"):
        captured.explanations  # noqa: B018


def test_as_a_model_of_another_kind_it_is_refused() -> None:
    body = build("bart", "")
    for task in ("feature-extraction", "fill-mask"):
        with pytest.raises(aw.AttrWidgetError, match="an encoder and a decoder, which can be explained only"):
            aw.load(body, word_tokenizer(), task=task)
    with pytest.raises(aw.AttrWidgetError, match="which has no such classes"):
        aw.load(body, word_tokenizer(), task="text-classification")


def test_evaluation_masks_both_uses(explanation: Any) -> None:
    found = aw.evaluate(explanation, ["leave_one_out", "attention", "saliency"], steps=[0])
    assert found.summary.notna().all(axis=None)
    whole = found.curves_of(0)["deletion", "leave_one_out"].iloc[0]
    assert whole == pytest.approx(explanation.steps["log_probability"][0], rel=1e-4)


def test_it_is_shown_saved_and_exported(explanation: Any, tmp_path: Path) -> None:
    content = content_of(explanation.reading)
    assert content["inputs"] == explanation.reading.n_inputs == content["steps"]["first"]
    assert "source" not in content
    assert explanation.widget.held == []
    page, steps = Page(explanation), list(range(3))
    for name in ("saliency", "attention", "leave_one_out"):
        meta, buffer = page.ask("scores", {**SELECTION, "method": name, "steps": steps}, name)
        shown = np.frombuffer(buffer, "<f4").reshape(meta["rows"], meta["cols"])
        np.testing.assert_array_equal(shown, explanation.reading.rows(name, steps))
    back = aw.open(explanation.save(tmp_path / "why.attrwidget"))
    for name in ("saliency", "attention"):
        np.testing.assert_allclose(back.scores(name), explanation.scores(name), rtol=1e-6, atol=1e-7)
    assert back.attention(1, 2).equals(explanation.attention(1, 2))
    _, data = export(explanation, tmp_path / "why.html")
    for name in data["scores"]:
        np.testing.assert_array_equal(decoded_scores(data, name), explanation.reading.rows(name, steps))
    expected = explanation.attention(1, 1).to_numpy()
    np.testing.assert_allclose(decoded_attention(data)[:, 1, 1], expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", ["bart", "mbart", "t5"])
def test_answers_are_found_and_their_slopes_are_right(name: str) -> None:
    own = build(name, "ForQuestionAnswering", dtype=torch.float64)
    ex = aw.load(own, word_tokenizer()).explain(QUESTION, CONTEXT)
    ids, (start, end) = ids_of(ex), ex.trace.outputs
    eager = build(name, "ForQuestionAnswering", dtype=torch.float64, attention="eager")
    with torch.no_grad():
        out = eager(ids, output_attentions=True)
    inside = range(ex.reading.sections[1].start, ex.reading.sections[1].end - 1)
    spans = {
        (s, e): float(out.start_logits[0, s] + out.end_logits[0, e]) for s in inside for e in inside if e >= s
    }
    assert (start, end) == max(spans, key=lambda span: spans[span])
    for step, place in enumerate((start, end)):
        np.testing.assert_allclose(
            ex.attention(1, 3).iloc[step], out.cross_attentions[1][0, 3, place], rtol=1e-4, atol=1e-6
        )
    product = ex.scores("input_x_gradient", target_function="logit").to_numpy()
    table = own.get_encoder().get_input_embeddings()
    e = table(ids).detach().requires_grad_()
    first = table(torch.tensor([[own.config.decoder_start_token_id or 0]])).detach()
    decoded = torch.cat([e[:, -1:] if name == "mbart" else first, e[:, :-1]], dim=1)
    plain = own(inputs_embeds=e, decoder_inputs_embeds=decoded)
    for step, logit in enumerate((plain.start_logits[0, start], plain.end_logits[0, end])):
        (gradient,) = torch.autograd.grad(logit, e, retain_graph=True)
        np.testing.assert_allclose(product[step], (gradient * e)[0].sum(-1).detach(), rtol=1e-4, atol=1e-6)
    shorter = torch.cat([ids[:, :2], ids[:, 3:]], dim=1)
    with torch.no_grad():
        left = own(shorter).start_logits[0, start - 1]
    fall = ex.scores("leave_one_out_deleted", target_function="logit").iloc[0, 2]
    assert fall == pytest.approx(float(out.start_logits[0, start] - left), rel=1e-4)
    assert ex.reading.note("leave_one_out", [0]) == "in the decoder, padding replaces masked tokens"


def test_a_reader_of_tokens_may_be_the_encoder_of_a_t5() -> None:
    own = build("t5", "ForTokenClassification", num_labels=3, dtype=torch.float64)
    ex = aw.load(own, word_tokenizer()).explain("john lives in paris", all_tokens=True)
    product = ex.scores("input_x_gradient", target_function="logit").to_numpy()
    e = own.get_input_embeddings()(ids_of(ex)).detach().requires_grad_()
    logits = own(inputs_embeds=e).logits[0, 1:-1]
    for step, output in enumerate(ex.trace.outputs):
        (gradient,) = torch.autograd.grad(logits[step, output], e, retain_graph=True)
        np.testing.assert_allclose(product[step], (gradient * e)[0].sum(-1).detach(), rtol=1e-4, atol=1e-6)
    assert "rollout" in [info.name for info in ex.methods()]


class BackwardsForSequenceClassification(BartForSequenceClassification):
    """A classifier whose decoder reads the text from its end."""

    def forward(self, input_ids: Any = None, decoder_input_ids: Any = None, **options: Any) -> Any:
        turned = input_ids.flip(1) if decoder_input_ids is None else decoder_input_ids
        return super().forward(input_ids, decoder_input_ids=turned, **options)


def test_a_decoder_that_reads_otherwise_is_refused() -> None:
    own = BackwardsForSequenceClassification(classifier().config).eval()
    with pytest.raises(aw.AttrWidgetError, match="does not read the text one position later"):
        aw.load(own, word_tokenizer()).explain(PREMISE)
