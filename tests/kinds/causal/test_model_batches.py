"""A left-padded batch gives the same numbers as its prompts one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import PROMPT, build, byte_tokenizer

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable

PROMPTS = [PROMPT, "He", "The first president of America is George Washington. He was"]


@pytest.fixture(scope="module", params=["gpt2", "opt", "llama", "bloom"])
def model(request: Any, folder: Callable[[str], str]) -> aw.Model:
    """Two kinds of learnt absolute positions, rotary ones, and ALiBi."""
    return aw.load(folder(request.param))


def same(batch: list[aw.Explanation], singles: list[aw.Explanation]) -> None:
    for ours, single in zip(batch, singles, strict=True):
        assert ours.tokens == single.tokens
        np.testing.assert_allclose(ours.steps["log_probability"], single.steps["log_probability"], rtol=1e-5)
        for method in ("saliency", "input_x_gradient", "attention"):
            np.testing.assert_allclose(ours.scores(method), single.scores(method), rtol=1e-4, atol=1e-6)


def test_a_list_of_prompts(model: aw.Model) -> None:
    same(model.explain(PROMPTS, max_new_tokens=6), [model.explain(p, max_new_tokens=6) for p in PROMPTS])


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_padded_batch_of_a_tokenizer(model: aw.Model, side: str) -> None:
    tokenizer = byte_tokenizer()
    tokenizer.padding_side = side
    padded = tokenizer(PROMPTS, padding=True, return_tensors="pt")
    assert padded["attention_mask"].sum() < padded["attention_mask"].numel()
    same(model.explain(padded, max_new_tokens=6), [model.explain(p, max_new_tokens=6) for p in PROMPTS])


def test_outputs_of_a_batch(model: aw.Model) -> None:
    outputs = [" George", " was the first", [5, 6, 7]]
    singles = [model.explain(p, output=o) for p, o in zip(PROMPTS, outputs, strict=True)]
    same(model.explain(PROMPTS, output=outputs), singles)


def test_beams_in_a_batch(model: aw.Model) -> None:
    options = {"max_new_tokens": 5, "num_beams": 3}
    same(model.explain(PROMPTS, **options), [model.explain(p, **options) for p in PROMPTS])


def ending_model(tokenizer: Any) -> tuple[aw.Model, int]:
    """Return a model and a token that ends some of its answers early and not others."""
    hf = build("gpt2")
    model = aw.load(hf, tokenizer)
    answers = [ex.tokens.ids[ex.reading.first_step :] for ex in model.explain(PROMPTS, max_new_tokens=8)]
    end = answers[1][2]
    assert end not in answers[0]
    hf.generation_config.eos_token_id = end
    return model, end


@pytest.mark.slow
def test_a_row_that_ends_early_ends_there() -> None:
    tokenizer = byte_tokenizer()
    model, end = ending_model(tokenizer)
    batch = model.explain(PROMPTS, max_new_tokens=8)
    singles = [model.explain(p, max_new_tokens=8) for p in PROMPTS]
    assert [ex.tokens.ids for ex in batch] == [ex.tokens.ids for ex in singles]
    assert batch[1].reading.n_steps < batch[0].reading.n_steps == 8
    assert batch[1].tokens.ids[-1] == end
    last = batch[0].tokens.ids[-1]
    given = model.explain(PROMPTS, max_new_tokens=8, eos_token_id=[last])
    singles = [model.explain(p, max_new_tokens=8, eos_token_id=last) for p in PROMPTS]
    assert [ex.tokens.ids for ex in given] == [ex.tokens.ids for ex in singles]
    assert end in given[1].tokens.ids[given[1].reading.first_step : -1]


def test_a_padding_token_that_was_really_generated_stays() -> None:
    """A model without an end of text pads nothing, so that its padding token is a word like any other."""
    hf, tokenizer = build("gpt2"), byte_tokenizer()
    with torch.no_grad():
        hf.get_input_embeddings().weight[0] *= 40  # tied: token 0, which pads, becomes likely
    model = aw.load(hf, tokenizer)
    batch = model.explain(PROMPTS, max_new_tokens=6)
    assert any(ex.tokens.ids[-1] == tokenizer.pad_token_id for ex in batch)
    for ex, prompt in zip(batch, PROMPTS, strict=True):
        assert ex.reading.n_steps == 6
        assert ex.tokens.ids == model.explain(prompt, max_new_tokens=6).tokens.ids


@pytest.mark.slow
def test_stop_strings_in_a_batch() -> None:
    model = aw.load(build("gpt2"), byte_tokenizer())
    free = model.explain(PROMPTS, max_new_tokens=8)
    stop = next(u.text for u in free[2].tokens.units[-6:] if u.text.strip().isalpha() and len(u.text) > 1)
    batch = model.explain(PROMPTS, max_new_tokens=8, stop_strings=[stop])
    singles = [model.explain(p, max_new_tokens=8, stop_strings=[stop]) for p in PROMPTS]
    assert [ex.tokens.ids for ex in batch] == [ex.tokens.ids for ex in singles]
    assert batch[2].reading.n_steps < 8
