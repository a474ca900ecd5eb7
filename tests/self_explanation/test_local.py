"""A real small model explains itself: whatever it writes ends in marked claims, and its numbers are the model's own."""

from __future__ import annotations

import pytest
import torch
from helpers.real import SMOLLM2, missing, smollm2

import attrwidget as aw
from attrwidget.self_explanation.local import LocalChat

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing(SMOLLM2)), reason=missing(SMOLLM2) or ""),
]
TEXT = "Wonderful film!"


def test_smollm2_explains_itself_in_sentences() -> None:
    result = aw.self_explain(smollm2(), TEXT, samples=1, max_new_tokens=6)
    assert {claim.kind for claim in result.claims} == {"importance", "change", "reason for", "reason against"}
    assert all(claim.said and claim.tried and claim.mark for claim in result.claims)
    assert result.answers["claim"].tolist() == ["importances", "change", "reasons"]
    assert result.answers["note"].str.startswith("It was cut short")[~result.answers["finished"]].all()


def test_a_seed_gives_the_same_sample_and_leaves_torch_as_it_was() -> None:
    chat, asked = LocalChat(smollm2()), [{"role": "user", "content": "Name a colour."}]
    state = torch.random.get_rng_state()
    samples = [chat.reply(asked, tokens=5, temperature=2.0, seed=seed).text for seed in (0, 0, 1)]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert samples[0] == samples[1] != samples[2]


def test_the_probability_is_that_of_the_models_own_logits() -> None:
    model = smollm2()
    result = aw.self_explain(model, TEXT, claims="reasons", samples=1, max_new_tokens=4)
    asked = (
        f"Is the sentiment of this text positive or negative?\n\n<text>{TEXT}</text>\n\n"
        "Answer with positive or negative, and nothing else."
    )
    ids = model.tokenizer.apply_chat_template(
        [{"role": "user", "content": asked}],
        add_generation_prompt=True,
        return_tensors="pt",
        return_dict=True,
    )
    with torch.no_grad():
        p = model.hf(**ids).logits[0, -1].double().softmax(-1)
    sums = {"positive": 0.0, "negative": 0.0}
    for token in p.topk(50).indices.tolist():
        word = model.tokenizer.decode([token]).strip().lower()
        for label in sums:
            if word and label.startswith(word):
                sums[label] += float(p[token])
    total = sum(sums.values())
    decided = result.decisions.iloc[0]
    assert decided["positive"] == pytest.approx(sums["positive"] / total, abs=1e-4)
    assert decided["answered"] == pytest.approx(total, abs=1e-4)
