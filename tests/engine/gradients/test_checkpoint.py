"""A gradient graph that would not fit is made anew block by block: the same numbers from less memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.model_state import state
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer, random_ids
from helpers.tiny_seq2seq import SOURCE, build_seq2seq, ending_tokenizer

import attrwidget as aw
from attrwidget.engine import memory
from attrwidget.engine.memory import checkpointed_bytes, graph_bytes

ARCHITECTURES = ["gpt2", "llama", "gemma2", "gpt_oss", "bloom", "falcon"]


def explain(model: Any, budget: int | None = None, *, ids: list[int] | None = None) -> aw.Explanation:
    loaded = aw.load(model, byte_tokenizer(), memory_budget=budget)
    return loaded.explain(ids[:-4], output=ids[-4:]) if ids else loaded.explain(PROMPT, output=ANSWER)


def held(ex: aw.Explanation) -> int:
    """Return how many bytes beside the weights a graph keeps, the storages of what its backward needs."""
    weights = {p.untyped_storage().data_ptr() for p in ex.trace.model.hf.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage
        return tensor

    graph = ex.trace.new_graph()
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        while len(graph._segments) < len(graph._bounds):
            graph._grow()
    return sum(storage.nbytes() for storage in kept.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_same_numbers(name: str) -> None:
    model = build(name)
    before = state(model)
    plain, saving = explain(model), explain(model, 1)
    assert not plain.trace.new_graph()._checkpointed
    assert saving.trace.new_graph()._checkpointed
    offered = {method.name for method in plain.methods()}
    for method in {"saliency", "input_x_gradient", "integrated_gradients", "gim"} & offered:
        ours, truth = (ex.scores(method, normalize=None).to_numpy() for ex in (saving, plain))
        np.testing.assert_allclose(ours, truth, rtol=1e-3, atol=1e-3 * np.nanmax(np.abs(truth)))
    ours, truth = (ex.blocks().to_numpy() for ex in (saving, plain))
    np.testing.assert_allclose(ours, truth, rtol=1e-3, atol=1e-5 * np.nanmax(np.abs(truth)))
    assert state(model) == before


@pytest.mark.slow
def test_an_encoder_decoder() -> None:
    model, tokenizer = build_seq2seq("t5"), ending_tokenizer()
    plain, saving = (
        aw.load(model, tokenizer, memory_budget=b).explain(SOURCE, output="George") for b in (None, 1)
    )
    assert saving.trace.new_graph()._checkpointed
    np.testing.assert_allclose(saving.scores("saliency"), plain.scores("saliency"), rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_a_model_that_cannot_be_copied() -> None:
    model = build("llama")
    model.model.layers[1].forward = own = model.model.layers[1].forward
    before = state(model)
    np.testing.assert_allclose(
        explain(model, 1).scores("saliency"), explain(build("llama")).scores("saliency"), rtol=1e-4, atol=1e-7
    )
    assert model.model.layers[1].forward is own
    assert state(model) == before


@pytest.mark.slow
def test_less_is_held() -> None:
    """And the estimate that decides is of the right size, rather too large."""
    for name in ("gpt2", "llama"):
        model, ids = build(name, max_position_embeddings=512), random_ids(400)
        plain, saving = explain(model, ids=ids), explain(model, 1, ids=ids)
        whole = held(plain)
        assert held(saving) < whole / 5
        assert 0.8 < graph_bytes(plain.trace.model, 400) / whole < 2.5


@pytest.mark.slow
@pytest.mark.parametrize("when", ["growing", "going back"])
def test_after_running_out_of_memory(monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """Whatever was asked for is finished with less memory."""
    from attrwidget.engine.gradients import batched as graph

    truth, ex = explain(build("llama")).scores("saliency"), explain(build("llama"))
    real = graph.run_segment if when == "growing" else torch.autograd.grad
    saving = {"now": False}

    def watched(*args: Any) -> Any:
        saving["now"] = True
        return graph_checkpointed(*args)

    graph_checkpointed = graph.checkpointed

    def short(*args: Any, **kwargs: Any) -> Any:
        if not saving["now"] and (when == "growing" or len(args) > 2):
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(*args, **kwargs)

    monkeypatch.setattr(graph, "checkpointed", watched)
    if when == "growing":
        ex.trace.drop_graph()
        monkeypatch.setattr(graph, "run_segment", short)
    else:
        monkeypatch.setattr(torch.autograd, "grad", short)
    np.testing.assert_allclose(ex.scores("saliency"), truth, rtol=1e-4, atol=1e-7)
    assert saving["now"]


def test_what_is_no_budget() -> None:
    for wrong in (0, -1, 1.5, "4GB", True):
        with pytest.raises(aw.AttrWidgetError, match="memory_budget"):
            aw.load(build("gpt2"), byte_tokenizer(), memory_budget=wrong)
    assert not explain(build("gpt2"), 2**30).trace.new_graph()._checkpointed


def test_a_gradient_that_does_not_fit_is_refused_before_work(monkeypatch: pytest.MonkeyPatch) -> None:
    ex = explain(build("gpt2"))
    tokens = ex.reading.n_inputs
    needed = checkpointed_bytes(ex.trace.model, tokens)
    assert needed < graph_bytes(ex.trace.model, tokens)
    monkeypatch.setattr(memory, "free_bytes", lambda _model: needed - 1)
    with pytest.raises(
        aw.AttrWidgetError, match=rf"gradient over {tokens} tokens needs .* and .* are free: shorten"
    ):
        ex.scores("saliency")
    monkeypatch.setattr(memory, "free_bytes", lambda _model: needed)
    assert np.isfinite(ex.scores("saliency").to_numpy()[0, 0])
