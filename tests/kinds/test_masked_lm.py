"""Masked language models: what they put in for each mask, and at each layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.encoder_cases import bert, logits_of
from helpers.encoders import VOCABULARY, word_tokenizer

import attrwidget as aw


@pytest.fixture(scope="module")
def masked() -> Any:
    return bert("ForMaskedLM")


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


def test_the_lens_is_for_predicted_tokens() -> None:
    with pytest.raises(aw.AttrWidgetError, match="models that predict tokens"):
        bert("ForSequenceClassification").explain("the film was good").logit_lens()


def test_bad_input_is_told_in_a_sentence(masked: Any) -> None:
    for call, says in (
        (lambda: masked.explain("no mask here"), r"no mask.*put '\[MASK\]' where"),
        (lambda: masked.explain("a [MASK] film", output="bright dull"), "is 2 tokens.*a mask stands for one"),
        (lambda: masked.explain("a [MASK] film", output=["a", "b"]), "has 1 masks and output= 2 words"),
        (lambda: masked.explain("a [MASK] film", output=""), "output= must be a word"),
    ):
        with pytest.raises(aw.AttrWidgetError, match=says) as caught:
            call()
        assert str(caught.value).endswith(".")
