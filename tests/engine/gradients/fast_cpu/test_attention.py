"""Our attention's backward is the model's own, and steps aside where it may not be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer, random_ids
from helpers.tiny_seq2seq import build_seq2seq

from attrwidget.engine.gradients.batched import GradientGraph
from attrwidget.engine.gradients.check import trial_score
from attrwidget.engine.gradients.fast_cpu.attention import GRAPH_ATTENTION, _attention
from attrwidget.engine.gradients.fast_cpu.linear import Rows
from attrwidget.kinds.causal import trials as capabilities
from attrwidget.kinds.causal.adapter import CausalLM
from attrwidget.kinds.seq2seq import trials as seq2seq_abilities
from attrwidget.kinds.seq2seq.adapter import Seq2SeqLM

FIRST, STEPS = 9, 8
DECODERS = (
    "gpt2",
    "llama",
    "mistral",
    "gpt_neox",
    "opt",
    "qwen3",
    "gemma2",
    "gemma3",
    "gpt_oss",
    "mixtral",
    "granite",
)


def all_gradients(model: Any, found: Any, source: torch.Tensor | None = None) -> np.ndarray:
    ids = torch.tensor([random_ids(FIRST + STEPS - 1, vocabulary=200)])
    graph = GradientGraph(model, ids, FIRST, found, source=source)
    rows: dict[int, torch.Tensor] = {}
    for chunk, gradients, scales, _ in graph.gradients(range(STEPS), trial_score):
        for k, step in enumerate(chunk):
            tokens = ids.shape[1] + (0 if source is None else 7)
            rows[step] = torch.zeros(tokens, gradients.shape[-1], dtype=scales.dtype)
            rows[step][: gradients.shape[1]] = gradients[k] * scales[k]
    return torch.stack([rows[s] for s in range(STEPS)]).numpy()


@pytest.mark.parametrize("name", DECODERS)
def test_the_gradients_are_those_of_plain_attention(name: str) -> None:
    model = CausalLM(build(name, scale=0.3), byte_tokenizer(), name)
    found = capabilities.probe(model)
    assert found.gradient_attention == GRAPH_ATTENTION
    plain = replace(found, gradient_attention="eager")
    ours, truth = (all_gradients(model, one) for one in (found, plain))
    np.testing.assert_allclose(ours, truth, rtol=1e-4, atol=1e-5 * np.abs(truth).max())


@pytest.mark.parametrize("name", ["bart", "t5", "marian"])
def test_of_an_encoder_and_a_decoder_too(name: str) -> None:
    model = Seq2SeqLM(build_seq2seq(name, scale=0.3), byte_tokenizer(), name)
    found = seq2seq_abilities.probe(model)
    assert found.gradient_attention == GRAPH_ATTENTION
    source = torch.tensor([random_ids(7, seed=1, vocabulary=200)])
    plain = replace(found, gradient_attention="eager")
    ours, truth = (all_gradients(model, one, source) for one in (found, plain))
    np.testing.assert_allclose(ours, truth, rtol=1e-4, atol=1e-5 * np.abs(truth).max())


class Attention(torch.nn.Module):
    """Where an attention is called from; its file's plain attention counts how often a graph was made of it."""


graphs = 0


def eager_attention_forward(
    _module: Any, query: Any, key: Any, value: Any, _mask: Any, scaling: float, **_: Any
) -> Any:
    global graphs  # noqa: PLW0603
    graphs += torch.is_grad_enabled()
    weights = (query @ key.transpose(2, 3) * scaling).softmax(-1)
    return (weights @ value).transpose(1, 2), weights


@pytest.mark.parametrize(
    ("dtype", "options", "left"),
    [
        (torch.float32, {}, False),
        (torch.float32, {"sliding_window": 3, "is_causal": True, "softcap": None}, False),
        (torch.float32, {"softcap": 1.0}, True),
        (torch.float32, {"something_new": 2}, True),
        (torch.bfloat16, {}, True),
    ],
)
def test_what_is_left_to_the_model_s_own_graph(dtype: Any, options: dict[str, Any], *, left: bool) -> None:
    global graphs  # noqa: PLW0603
    graphs = 0
    states = torch.randn(3, 1, 2, 5, 4, dtype=dtype).requires_grad_(True)
    output, _ = _attention(Attention(), *states, None, scaling=0.5, **options)
    assert (graphs == 1) is left
    truth, _ = eager_attention_forward(None, *states, None, scaling=0.5)
    ours, plain = (torch.autograd.grad(o.float().cos().sum(), states)[0] for o in (output, truth))
    torch.testing.assert_close(ours, plain)


def test_keys_that_are_not_the_text_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row may see keys that stand after the text's, such as those of compressed stretches."""
    rows = Rows(5)
    monkeypatch.setattr("attrwidget.engine.gradients.fast_cpu.attention.rows_here", lambda: rows)
    query = torch.randn(1, 2, 5, 4).requires_grad_(True)
    states = torch.randn(2, 1, 2, 8, 4).requires_grad_(True)
    output, _ = _attention(Attention(), query, *states, None, scaling=0.5)
    truth, _ = eager_attention_forward(None, query, *states, None, scaling=0.5)
    rows.keep_to([range(2)], batched=False)
    ours, plain = (torch.autograd.grad(o[:, :2].cos().sum(), (query, states)) for o in (output, truth))
    torch.testing.assert_close(ours, plain)


def test_a_bias_with_a_gradient_of_its_own_is_left_to_the_model_s_graph() -> None:
    global graphs  # noqa: PLW0603
    graphs = 0
    states = torch.randn(3, 1, 2, 5, 4).requires_grad_(True)
    _attention(Attention(), *states, None, scaling=0.5, position_bias=states.mean())
    _attention(Attention(), *states, states.mean(), scaling=0.5)
    assert graphs == 2
