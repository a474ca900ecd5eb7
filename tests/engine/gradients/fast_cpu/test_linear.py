"""Linear layers that go back by the rows that count: the numbers of all rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer, plain_gradients, random_ids
from helpers.tiny_seq2seq import build_seq2seq

import attrwidget as aw
from attrwidget.engine.gradients.batched import GradientGraph
from attrwidget.engine.gradients.check import first_and_last, trial_score
from attrwidget.engine.gradients.check import plain_gradients as run_plainly
from attrwidget.engine.gradients.fast_cpu import linear as linear_graph
from attrwidget.engine.gradients.fast_cpu.attention import GRAPH_ATTENTION
from attrwidget.engine.gradients.fast_cpu.linear import Rows, _How, _products
from attrwidget.kinds.causal import trials as capabilities
from attrwidget.kinds.causal.adapter import CausalLM
from attrwidget.kinds.seq2seq import trials as seq2seq_abilities
from attrwidget.kinds.seq2seq.adapter import Seq2SeqLM


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("spans", [None, [range(1), range(5), range(9)], [range(9)] * 3, [range(2, 4)] * 3])
def test_products(spans: list[range] | None, last: bool) -> None:
    generator = torch.Generator().manual_seed(0)
    gradients, weight = torch.zeros(3, 1, 9, 6), torch.randn(6, 4, generator=generator)
    for k, span in enumerate(spans or [range(9)] * 3):
        gradients[k, 0, span.start : span.stop] = torch.randn(len(span), 6, generator=generator)
    rows = Rows(9)
    rows.keep_to(spans)
    found = _products(gradients, weight, _How(rows, last))
    torch.testing.assert_close(found, gradients @ weight)


@pytest.mark.parametrize("name", ["gpt2", "llama", "gpt_neox", "mixtral"])
def test_few_rows_are_multiplied(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one step's gradient no row after its own, and in the last block seldom more than its own."""
    counted: list[tuple[int, bool]] = []
    real = linear_graph._products

    def counting(gradients: torch.Tensor, weight: torch.Tensor, how: _How) -> torch.Tensor:
        found = real(gradients, weight, how)
        keep_mask = gradients.flatten(0, 2).any(-1)
        counted.append((int(keep_mask.nonzero().max()) if bool(keep_mask.any()) else -1, how.last))
        return found

    monkeypatch.setattr(linear_graph, "_products", counting)
    ids = random_ids(16)
    ex = aw.load(build(name), byte_tokenizer()).explain(ids[:6], output=ids[6:])
    counted.clear()
    ex.reading.rows("saliency", [2])
    assert counted
    assert max(row for row, _ in counted) <= 6 - 1 + 2
    assert any(last for _, last in counted)


def test_steps_asked_for_in_any_order(llama: Any) -> None:
    """A step's seed is kept, and is its own."""
    fresh, asked = (llama.explain(PROMPT, output=ANSWER) for _ in range(2))
    truth = fresh.reading.rows("saliency", range(fresh.reading.n_steps))
    count = fresh.reading.n_steps
    for steps in ([count - 1], [0, count - 2], range(count), [count - 1, 1]):
        np.testing.assert_allclose(
            asked.reading.rows("saliency", steps), truth[list(steps)], rtol=1e-5, atol=1e-7
        )


@pytest.fixture(scope="module")
def llama() -> Any:
    return aw.load(build("llama"), byte_tokenizer())


def test_a_layer_with_a_hook_of_its_own() -> None:
    """A hook of the user's that changes a layer's output is heard, and its gradient goes through it."""
    model, ids = build("gpt2"), random_ids(12)
    model.transformer.h[0].mlp.c_fc.register_forward_hook(lambda _m, _a, output: 2 * output)
    ex = aw.load(model, byte_tokenizer()).explain(ids[:6], output=ids[6:])
    assert ex.trace.capabilities.gradient_attention == GRAPH_ATTENTION
    gradients, _ = plain_gradients(model, ids, 6, "log_prob")
    truth = gradients.norm(dim=-1).numpy()
    ours = ex.scores("saliency", target_function="log_prob", normalize=None).fillna(0).to_numpy()
    np.testing.assert_allclose(ours, truth, rtol=2e-4, atol=2e-5 * truth.max())


@pytest.mark.parametrize("length", [6, 7, 8])
def test_a_source_as_long_as_the_target(length: int) -> None:
    model = Seq2SeqLM(build_seq2seq("bart", scale=0.3), byte_tokenizer(), "bart")
    found = seq2seq_abilities.probe(model)
    ids = torch.tensor([random_ids(7, vocabulary=200)])
    source = torch.tensor([random_ids(length, seed=1, vocabulary=200)])
    graph = GradientGraph(model, ids, 1, found, source=source)
    ours = first_and_last(graph, 7, length + 7)
    truth = run_plainly(model, torch.cat([ids, ids[:, :1]], 1), 1, "eager", source)
    np.testing.assert_allclose(ours, truth, rtol=1e-4, atol=2e-6 * float(truth.abs().max()))


@pytest.mark.parametrize(
    ("name", "length", "answer"), [("longt5", 16, 4), ("longt5", 20, 5), ("pegasus_x", 3, 4)]
)
def test_what_an_encoder_counts_is_not_the_target(name: str, length: int, answer: int) -> None:
    """Encoders have axes of other lengths inside, which may be the target's: blocks, global tokens, padding."""
    model = Seq2SeqLM(build_seq2seq(name, scale=0.3), byte_tokenizer(), name)
    found = seq2seq_abilities.probe(model)
    ids = torch.tensor([random_ids(answer, vocabulary=200)])
    source = torch.tensor([random_ids(length, seed=1, vocabulary=200)])
    graph = GradientGraph(model, ids, 1, found, source=source)
    ours = first_and_last(graph, answer, length + answer)
    truth = run_plainly(model, torch.cat([ids, ids[:, :1]], 1), 1, None, source)
    np.testing.assert_allclose(ours, truth, rtol=1e-4, atol=1e-5 * float(truth.abs().max()))


def test_a_seed_keeps_no_more_than_itself() -> None:
    ids = random_ids(24)
    ex = aw.load(build("gpt2"), byte_tokenizer()).explain(ids[:6], output=ids[6:])
    ex.reading.rows("saliency", [3])
    graph: Any = ex.trace.graph()
    (seed,) = [seed for kept in graph._seeds.values() for seed, _ in kept.values()]
    assert seed.untyped_storage().nbytes() == seed.nbytes


def test_many_logits_are_no_short_text() -> None:
    """A graph that may be there in vain keeps the logits, which are most of it where the vocabulary is large."""
    ids = random_ids(60)
    small, large = (build("gpt2", vocab_size=size) for size in (330, 200_000))
    held = [
        aw.load(m, byte_tokenizer()).explain(ids[:6], output=ids[6:]).trace._graph for m in (small, large)
    ]
    assert [graph is not None for graph in held] == [True, False]


def test_nothing_is_left_on_the_model() -> None:
    model = CausalLM(build("gpt2").bfloat16(), byte_tokenizer(), "gpt2")
    ids = torch.tensor([random_ids(8)])
    graph = GradientGraph(model, ids, 4, capabilities.probe(model))
    list(graph.gradients(range(5), trial_score))
    assert not any(m._forward_hooks or "forward" in vars(m) for m in model.hf.modules())
