"""Inputs of models that read a whole text taken away, and their attention: against plain runs of the model."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
import torch
from helpers.encoder_cases import SENTENCE, TEXTS, explained, ids_of, plain_logits, types_of
from helpers.encoders import ARCHITECTURES, build, word_tokenizer

import attrwidget as aw

ATTENDING = [name for name in ARCHITECTURES if name != "opt"]


def changes(ex: Any, **inputs: Any) -> np.ndarray:
    """Return the fall of every step's logit when the user's model is run on *inputs* instead."""
    steps, outputs = range(ex.reading.n_steps), list(ex.trace.outputs)
    with torch.no_grad():
        whole = plain_logits(ex, input_ids=ids_of(ex))[steps, outputs]
        return (whole - plain_logits(ex, input_ids=ids_of(ex), **inputs)[steps, outputs]).numpy()


@pytest.mark.parametrize("head", TEXTS)
@pytest.mark.parametrize("name", ["bert", "roberta", "deberta"])
def test_masked_inputs_are_read_by_no_other(name: str, head: str) -> None:
    ex = explained(name, head)
    scores = ex.scores("leave_one_out", target_function="logit").to_numpy()
    for at in range(ex.reading.n_inputs):
        keep_mask = torch.ones_like(ids_of(ex))
        keep_mask[0, at] = 0
        np.testing.assert_allclose(scores[:, at], changes(ex, attention_mask=keep_mask), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_classifiers_see_masked_and_deleted_inputs_gone(name: str) -> None:
    ex = explained(name, "ForSequenceClassification")
    own, outputs = ex.trace.model.own, list(ex.trace.outputs)
    masked = ex.scores("leave_one_out", target_function="logit").to_numpy()
    deleted = ex.scores("leave_one_out_deleted", target_function="logit").to_numpy()
    ids = ids_of(ex)
    positions = {} if name in ("roberta", "deberta") else {"position_ids": torch.arange(ids.shape[1])[None]}
    takes = inspect.signature(own.forward).parameters
    with torch.no_grad():
        whole = own(ids).logits[0, outputs]
        for at in range(ex.reading.n_inputs):
            keep_mask = torch.ones_like(ids)
            keep_mask[0, at] = 0
            options = positions if "position_ids" in takes else {}
            without = own(ids, attention_mask=keep_mask, **options).logits[0, outputs]
            np.testing.assert_allclose(masked[:, at], whole - without, rtol=1e-4, atol=1e-6)
            shorter = own(torch.cat([ids[:, :at], ids[:, at + 1 :]], dim=1)).logits[0, outputs]
            np.testing.assert_allclose(deleted[:, at], whole - shorter, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("head", ["ForMaskedLM", "ForTokenClassification", "ForQuestionAnswering"])
def test_deleting_moves_what_is_read(head: str) -> None:
    ex = explained("bert", head)
    scores = ex.scores("leave_one_out_deleted", target_function="logit").to_numpy()
    own, ids = ex.trace.model.own, ids_of(ex)
    types = types_of(ex)["token_type_ids"]
    for at in range(ex.reading.n_inputs):
        kept = [i for i in range(ex.reading.n_inputs) if i != at]
        with torch.no_grad():
            whole = own(ids, token_type_ids=types)
            left = own(ids[:, kept], token_type_ids=types[:, kept])
        for step, output in enumerate(ex.trace.outputs):
            row = ex.trace.position(step)
            if row == at:
                assert np.isnan(scores[step, at])
                continue
            if head == "ForQuestionAnswering":
                names = ("start_logits", "end_logits")
                change = whole[names[step]][0, output] - left[names[step]][0, kept.index(output)]
            else:
                change = whole.logits[0, row, output] - left.logits[0, kept.index(row), output]
            assert scores[step, at] == pytest.approx(float(change), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("head", TEXTS)
@pytest.mark.parametrize("name", ["bert", "modernbert", "deberta"])
def test_attention_is_what_the_model_returns(name: str, head: str) -> None:
    ex = explained(name, head)
    eager = build(
        name, head, dtype=torch.float64, attention="eager", num_labels=ex.trace.model.own.config.num_labels
    )
    with torch.no_grad():
        layers = eager(ids_of(ex), **types_of(ex), output_attentions=True).attentions
    assert ex.reading.n_layers == len(layers) == 3
    rows = {
        "ForSequenceClassification": [0] * ex.reading.n_steps,
        "ForMaskedLM": (ids_of(ex)[0] == word_tokenizer().mask_token_id).nonzero()[:, 0].tolist(),
        "ForTokenClassification": range(1, ex.reading.n_inputs - 1),
        "ForQuestionAnswering": list(ex.trace.outputs),
    }[head]
    for layer, weights in enumerate(layers):
        for h in range(4):
            shown = ex.attention(layer, h).to_numpy()
            np.testing.assert_allclose(shown, weights[0, h, list(rows)], rtol=1e-4, atol=1e-6)
    every = ex.attention(1, 2, targets="all")
    np.testing.assert_allclose(every, layers[1][0, 2], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_decoders_that_classify_are_read_at_their_last_token(name: str) -> None:
    ex = explained(name, "ForSequenceClassification")
    eager = build(name, "ForSequenceClassification", dtype=torch.float64, attention="eager", num_labels=3)
    with torch.no_grad():
        layers = eager(ids_of(ex), output_attentions=True).attentions
    np.testing.assert_allclose(
        ex.attention(2).to_numpy(), layers[2][0].mean(0)[[-1] * ex.reading.n_steps], rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize("head", TEXTS)
def test_rollout_and_gradient_times_attention_by_their_formulas(head: str) -> None:
    ex = explained("bert", head)
    eager = build(
        "bert", head, dtype=torch.float64, attention="eager", num_labels=ex.trace.model.own.config.num_labels
    )
    logits_of = ex.trace.model.own
    ex_rows = [ex.trace.position(s) for s in range(ex.reading.n_steps)]
    with torch.no_grad():
        layers = eager(ids_of(ex), **types_of(ex), output_attentions=True).attentions
    product = torch.eye(ex.reading.n_inputs, dtype=torch.float64)
    for weights in layers:
        product = (weights[0].mean(0) + torch.eye(ex.reading.n_inputs)) / 2 @ product
    np.testing.assert_allclose(ex.scores("rollout"), product[ex_rows], rtol=1e-4, atol=1e-6)

    scores = ex.scores("gradient_x_attention", normalize=None).to_numpy()
    for step, output in enumerate(ex.trace.outputs):
        out = eager(ids_of(ex), **types_of(ex), output_attentions=True)
        if head == "ForSequenceClassification":
            logit = out.logits[0, output]
        elif head == "ForQuestionAnswering":
            logit = (out.start_logits, out.end_logits)[step][0, output]
        else:
            logit = out.logits[0, ex_rows[step], output]
        flow = torch.eye(ex.reading.n_inputs, dtype=torch.float64)
        for weights, slope in zip(out.attentions, torch.autograd.grad(logit, out.attentions), strict=True):
            flow = flow + (weights * slope)[0].clamp_min(0).mean(0).detach() @ flow
        expected = (flow - torch.eye(ex.reading.n_inputs))[ex_rows[step]]
        np.testing.assert_allclose(scores[step], expected, rtol=1e-4, atol=1e-6)
    assert logits_of.config._attn_implementation != "attrwidget_eager"


def test_value_zeroing_turns_the_hidden_state() -> None:
    ex = explained("bert", "ForTokenClassification")
    scores = ex.scores("value_zeroing", normalize=None).to_numpy()
    own = ex.trace.model.own
    at = 3
    handles = [
        layer.attention.self.value.register_forward_hook(
            lambda _m, _a, out: out.index_fill(1, torch.tensor([at]), 0)
        )
        for layer in own.bert.encoder.layer
    ]
    with torch.no_grad():
        changed = own.bert(ids_of(ex)).last_hidden_state[0]
        for handle in handles:
            handle.remove()
        whole = own.bert(ids_of(ex)).last_hidden_state[0]
    turn = 1 - torch.nn.functional.cosine_similarity(whole, changed, dim=-1)
    np.testing.assert_allclose(scores[:, at], turn[1:-1], rtol=1e-4, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", ATTENDING)
def test_every_method_reads_every_kind(name: str) -> None:
    ex = explained(name, "ForSequenceClassification")
    for info in ex.methods():
        if info.name.startswith(("captum", "inseq", "lime", "shap")):
            continue
        rows = ex.reading.rows(info.name, range(ex.reading.n_steps))
        assert rows.shape == (ex.reading.n_steps, ex.reading.n_inputs)
        words = [i for i, special in enumerate(ex.tokens.special[: ex.reading.n_inputs]) if not special]
        assert np.isfinite(rows[:, words]).all(), info.name
        assert info.signed or (rows >= 0).all(), info.name


@pytest.mark.slow
def test_padding_and_batches_change_nothing() -> None:
    tokenizer = word_tokenizer()
    model = aw.load(build("bert", "ForSequenceClassification"), tokenizer)
    texts = ["the film was good", "a dull story , not bright and not good"]
    singles = [model.explain(text) for text in texts]
    for several in (
        model.explain(texts),
        model.explain(tokenizer(texts, padding=True)),
        model.explain(tokenizer(texts, padding=True, return_tensors="pt")),
        model.explain([one.tokens.ids[: one.reading.n_inputs] for one in singles]),
    ):
        assert [one.reading.n_inputs for one in several] == [one.reading.n_inputs for one in singles]
        for one, other in zip(several, singles, strict=True):
            for method in ("saliency", "leave_one_out", "attention"):
                assert one.scores(method).equals(other.scores(method))
    padded = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        logits = model.hf(**padded).logits.softmax(-1)
    for one, row in zip(singles, logits, strict=True):
        np.testing.assert_allclose(one.steps["probability"], sorted(row, reverse=True), rtol=1e-5)


@pytest.mark.slow
def test_models_without_padding_are_run_one_by_one() -> None:
    own = build("gpt2", "ForSequenceClassification", pad_token_id=None)
    ex = aw.load(own, word_tokenizer()).explain(SENTENCE)
    assert not ex.trace.capabilities.batches
    padded = aw.load(build("gpt2", "ForSequenceClassification"), word_tokenizer()).explain(SENTENCE)
    for method in ("leave_one_out", "leave_one_out_deleted", "value_zeroing"):
        np.testing.assert_allclose(ex.scores(method), padded.scores(method), rtol=1e-4, atol=1e-6)
    aw.evaluate(ex, "saliency", steps=[0])
