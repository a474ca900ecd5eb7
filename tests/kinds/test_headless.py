"""Encoders without a head: their attention alone can be read."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers.encoder_cases import SENTENCE, bert
from helpers.encoders import build, word_tokenizer

import attrwidget as aw


def test_an_encoder_without_a_head_shows_its_attention_alone() -> None:
    body = bert("")
    ex = body.explain(SENTENCE)
    assert "only its attention can be read" in ex.warnings[0]
    for info in ex.methods():
        assert "attention" in info.name or info.name in ("rollout", "value_zeroing")
    with torch.no_grad():
        eager = build("bert", "", attention="eager")
        layers = eager(**word_tokenizer()(SENTENCE, return_tensors="pt"), output_attentions=True).attentions
    np.testing.assert_allclose(ex.attention(1, 2), layers[1][0, 2], rtol=1e-4, atol=1e-6)
    assert ex.steps["probability"].isna().all()
    for method in ("saliency", "leave_one_out", "integrated_gradients"):
        with pytest.raises(aw.AttrWidgetError, match="has no head that makes one: read its attention"):
            ex.scores(method)
    with pytest.raises(aw.AttrWidgetError, match="no probabilities"):
        aw.evaluate(ex)
