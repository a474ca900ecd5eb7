"""Parts of the attention, beside the weights that the model itself returns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.encoders import build, word_tokenizer
from helpers.tiny import build as build_causal
from helpers.tiny import byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.page.glance import check_part, glance, head_map


def returned(model: Any, ids: list[int], **options: Any) -> Any:
    """Return the weights ``[layers, heads, rows, columns]`` that *model* returns."""
    model.set_attn_implementation("eager")
    with torch.no_grad():
        layers = model(torch.tensor([ids]), output_attentions=True, **options).attentions
    return torch.stack(layers)[:, 0].numpy()


def test_two_texts_read_themselves_and_each_other() -> None:
    model = build("bert", "ForSequenceClassification")
    ex = aw.load(model, word_tokenizer()).explain("the film was good", "the story was dull")
    assert list(ex.reading.parts) == ["all", "AA", "AB", "BA", "BB", "answer"]
    first, second = ex.reading.sections[:2]
    types = torch.tensor([[0] * first.end + [1] * (second.end - first.end)])
    truth = returned(model, ex.tokens.ids[: second.end], token_type_ids=types)
    np.testing.assert_allclose(ex.attention(1, 0, part="all"), truth[1, 0], atol=2e-6)
    np.testing.assert_allclose(
        ex.attention(1, 0, part="AB"), truth[1, 0, : first.end, first.end :], atol=2e-6
    )
    side = check_part(ex.reading, "BA")
    found = head_map(ex.reading, side.rows, len(side.columns), (1, 0), side)
    np.testing.assert_allclose(found, truth[1, 0, first.end :, : first.end], atol=2e-6)
    values, high = glance(ex.reading, side.rows, len(side.columns), side=side)
    np.testing.assert_allclose(values[1, 0] / 254 * high, np.minimum(found, high), atol=high / 500)


def test_all_tokens_of_a_causal_model() -> None:
    model, ids = build_causal("llama"), random_ids(9)
    ex = aw.load(model, byte_tokenizer()).explain(ids[:5], output=ids[5:])
    truth = returned(model, ids[:-1], use_cache=False)[1, 0]
    found = ex.attention(1, 0, part="all").to_numpy()
    np.testing.assert_allclose(np.nan_to_num(found), truth, atol=2e-6)
    pair = ex.query_key(3, 1, 1, 0, part="all")
    assert pair.attrs["weight"] == pytest.approx(truth[3, 1], abs=2e-6)
    with pytest.raises(aw.AttrWidgetError, match="Token 1 does not see input 3: it sees the first 2"):
        ex.query_key(1, 3, 1, 0, part="all")
    with pytest.raises(aw.AttrWidgetError, match="no part 'cross' of the attention: take one of answer, all"):
        ex.attention(part="cross")
