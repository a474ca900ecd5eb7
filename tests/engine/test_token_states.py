"""What blocks and heads give out is what Transformers itself shows: hidden states, and inputs of output projections."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import attrwidget as aw
from attrwidget.engine.token_states import count_blocks, read_token_states


def projections(hf: Any, name: str) -> list[Any]:
    if name == "demo":
        return [block.self_attn.o_proj for block in hf.model.layers]
    if name == "demo-masked":
        return [block.attention.output.dense for block in hf.bert.encoder.layer]
    return [block.self_attn.out_proj for block in hf.get_encoder().layers]


@pytest.mark.parametrize("name", ["demo", "demo-masked", "demo-translation"])
def test_states_heads_and_attention_are_the_models_own(name: str) -> None:
    model: Any = aw.load(name)
    hf, adapter = model.hf, model._adapter
    text = "我喜歡你。" if name == "demo-translation" else "The capital of Japan is Tokyo."
    found = adapter.encode(text)
    ids = list(getattr(found, "ids", found))
    layers = range(count_blocks(adapter))
    kept = read_token_states(adapter, ids, getattr(found, "types", None), layers)

    inputs: list[Any] = []
    hooks = [
        module.register_forward_pre_hook(lambda _, args: inputs.append(args[0][0]))
        for module in projections(hf, name)
    ]
    body = hf.get_encoder() if name == "demo-translation" else hf
    with torch.no_grad():
        output = body(torch.tensor([ids]), output_hidden_states=True)
    for hook in hooks:
        hook.remove()
    # The last hidden state of some models is that after their last norm.
    for layer in list(layers)[:-1]:
        torch.testing.assert_close(kept.states[layer], output.hidden_states[layer + 1][0])
    assert len(kept.heads) == len(inputs) == len(layers)
    for layer in layers:
        torch.testing.assert_close(kept.heads[layer].flatten(1), inputs[layer], atol=1e-5, rtol=1e-4)
    assert kept.attention.n_layers == len(layers)
    rows = kept.attention.weights(0, None, [len(ids) - 1])
    torch.testing.assert_close(rows.sum(-1), torch.ones(rows.shape[:2]))


def test_the_model_is_given_back_as_it_was() -> None:
    model: Any = aw.load("demo")
    before = model.hf.config._attn_implementation
    read_token_states(model._adapter, [1, 2, 3], None, [0])
    assert model.hf.config._attn_implementation == before
    assert not any(module._forward_hooks for module in model.hf.modules())
