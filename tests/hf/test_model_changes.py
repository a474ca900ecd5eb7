"""A model is copied anew when any part of it was changed, and not otherwise."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
import torch
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer

import attrwidget as aw
from attrwidget.hf.model_changes import ModelState


class Settings(OrderedDict[str, Any]):
    """A mapping of a class of its own."""


@pytest.fixture(scope="module")
def model() -> Any:
    model = build("gpt2")
    model.config.own = {"kept": [1, {"deep": 2}]}
    model.settings = Settings(one=1)
    model.plain = torch.zeros(2)
    return model


def set_weight(model: Any) -> None:
    with torch.no_grad():
        model.lm_head.weight.add_(0)


CHANGES = {
    "a weight written to": set_weight,
    "a weight moved": lambda m: setattr(m.lm_head.weight, "data", m.lm_head.weight.data.clone()),
    "a layer replaced": lambda m: m.transformer.h.__setitem__(0, torch.nn.Identity()),
    "a layer left out": lambda m: m.transformer.h.pop(-1),
    "a hook": lambda m: m.transformer.register_forward_hook(lambda *_: None),
    "a buffer": lambda m: m.register_buffer("other", torch.zeros(1)),
    "training mode": lambda m: m.train(not m.training),
    "a configuration": lambda m: setattr(m.config, "resid_pdrop", 0.25),
    "deep in a configuration": lambda m: m.config.own["kept"][1].update(deep=3),
    "how words are drawn": lambda m: setattr(m.generation_config, "top_k", 7),
    "a mapping of its own": lambda m: m.settings.update(two=2),
    "a tensor that is no buffer": lambda m: m.plain.add_(1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_noticed(model: Any, change: Any) -> None:
    before = ModelState(model)
    assert before.is_of(model)
    change(model)
    assert not before.is_of(model)


def test_what_cannot_be_looked_into_is_counted_as_changed(model: Any) -> None:
    model.iterator = iter(())
    assert not ModelState(model).is_of(model)


def test_explanations_share_a_copy_until_the_model_is_changed() -> None:
    model = build("gpt2")
    loaded = aw.load(model, byte_tokenizer())
    copies = [loaded.explain(PROMPT, output=ANSWER).trace.model.hf for _ in range(2)]
    model.config.resid_pdrop = 0.25
    copies.append(loaded.explain(PROMPT, output=ANSWER).trace.model.hf)
    assert copies[0] is copies[1] is not copies[2]
    assert copies[2].config.resid_pdrop == 0.25
