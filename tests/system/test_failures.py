"""Numbers that are none, memory that runs out, and weights that change: each is told, never swallowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import PROMPT, build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.engine.gradients import batched as graph

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = 8
IDS = random_ids(FIRST + 24)


def explain(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


@pytest.fixture
def model() -> Any:
    return build("llama")


def with_bad_embedding(value: float, token: int) -> Any:
    model = build("llama", tie_word_embeddings=False)
    with torch.no_grad():
        model.get_input_embeddings().weight[token] = value
    return model


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_bad_number_names_the_step_it_comes_at(value: float) -> None:
    output = [5, 6, 7, 8]
    model = aw.load(with_bad_embedding(value, 6), byte_tokenizer())
    name = re.escape(repr(byte_tokenizer().decode([7])))
    with pytest.raises(aw.AttrWidgetError, match=rf"not finite .* generated token 3 \({name}\)"):
        model.explain([1, 2], output=output)
    assert model.explain([1, 2], output=output[:2]).reading.n_steps == 2


def test_gradients_that_are_no_numbers_are_refused(model: Any) -> None:
    explanation = explain(model)
    trace = explanation.trace
    gradients = trace.gradients

    def spoilt(*args: Any) -> Any:
        for steps, slopes, scales, embeddings in gradients(*args):
            yield steps, slopes * float("nan"), scales, embeddings

    trace.gradients = spoilt
    for method in ("saliency", "input_x_gradient"):
        with pytest.raises(aw.AttrWidgetError, match=r"gradients of generated token 1 .* not finite"):
            explanation.scores(method)
    del trace.gradients
    assert np.isfinite(explanation.scores("saliency").to_numpy()[0, :FIRST]).all()


def test_a_bad_number_while_generating_names_the_step(model: Any) -> None:
    free = aw.load(model, byte_tokenizer()).explain(PROMPT, max_new_tokens=6)
    third = free.tokens.ids[free.reading.first_step + 2]
    assert third not in free.tokens.ids[: free.reading.first_step + 2]
    with torch.no_grad():
        model.get_output_embeddings().weight = torch.nn.Parameter(
            model.get_output_embeddings().weight.clone()
        )
        model.get_input_embeddings().weight[third] = float("nan")
    seen: list[int] = []
    with pytest.raises(aw.AttrWidgetError, match=r"not finite .* generated token 4, so"):
        aw.load(model, byte_tokenizer()).explain(
            PROMPT, max_new_tokens=6, progress=lambda done, _: seen.append(done)
        )
    assert seen == [1, 2, 3]


@pytest.mark.parametrize("options", [{"output": [5, 6]}, {"max_new_tokens": 2}, {"do_sample": True}])
def test_a_model_of_bad_numbers(model: Any, options: dict[str, Any]) -> None:
    with torch.no_grad():
        model.get_output_embeddings().weight[:] = float("nan")
    with pytest.raises(aw.AttrWidgetError, match="generated token 1"):
        aw.load(model, byte_tokenizer()).explain([1, 2], **options)


def out_of_memory_above(
    limit: int, monkeypatch: Any, error: Callable[[], BaseException] = torch.OutOfMemoryError
) -> list[int]:
    """Let batched backward passes of more than *limit* steps fail; return the sizes tried."""
    plain, tried = graph.batched_gradients, []

    def failing(output: Any, leaves: Any, cotangents: Any) -> Any:
        tried.append(len(cotangents))
        if len(cotangents) > limit:
            raise error()
        return plain(output, leaves, cotangents)

    monkeypatch.setattr(graph, "batched_gradients", failing)
    return tried


@pytest.mark.parametrize("limit", [1, 3, 5])
def test_running_out_of_memory_halves_the_batch(model: Any, monkeypatch: Any, limit: int) -> None:
    truth, ex = explain(model).scores("saliency", normalize=None), explain(model)
    tried = out_of_memory_above(limit, monkeypatch)
    np.testing.assert_allclose(ex.scores("saliency", normalize=None), truth, rtol=1e-5, atol=1e-7)
    assert max(tried) > limit
    assert sum(size for size in tried if size <= limit) == ex.reading.n_steps


def test_an_allocator_that_fails_on_a_cpu_is_out_of_memory(model: Any, monkeypatch: Any) -> None:
    truth, ex = explain(model).scores("saliency"), explain(model)
    words = "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"
    tried = out_of_memory_above(2, monkeypatch, lambda: RuntimeError(words))
    np.testing.assert_allclose(ex.scores("saliency"), truth, rtol=1e-5, atol=1e-7)
    assert max(tried) > 2


def test_no_memory_for_a_single_step_is_a_sentence(model: Any, monkeypatch: Any) -> None:
    ex = explain(model)
    out_of_memory_above(0, monkeypatch)
    with pytest.raises(aw.AttrWidgetError, match=r"not enough memory .* 31 tokens: shorten the prompt"):
        ex.scores("saliency")
    monkeypatch.undo()
    assert not ex.scores("saliency").isna().all().any()


@pytest.mark.parametrize("words", ["out of luck", "CUDA error: device-side assert triggered", ""])
def test_other_errors_are_not_swallowed(model: Any, monkeypatch: Any, words: str) -> None:
    ex = explain(model)
    tried = out_of_memory_above(0, monkeypatch, lambda: RuntimeError(words))
    with pytest.raises(aw.AttrWidgetError, match="failed when it was differentiated") as caught:
        ex.scores("saliency")
    assert words in str(caught.value)
    assert str(caught.value.__cause__) == words
    assert len(tried) == 1


CHANGES: dict[str, Callable[[Any], Any]] = {
    "in place": lambda model: model.get_output_embeddings().weight.mul_(2),
    "one number": lambda model: list(model.parameters())[-1].view(-1)[:1].add_(1),
    "loaded": lambda model: model.load_state_dict(build(model.config.model_type, seed=1).state_dict()),
    "another precision": lambda model: model.double(),
    "replaced": lambda model: model.set_input_embeddings(torch.nn.Embedding(330, 32)),
}


@pytest.mark.parametrize("asked_before", [False, True])
@pytest.mark.parametrize("name", ["llama", "falcon"])
@pytest.mark.parametrize("change", CHANGES)
def test_weights_that_change_after_explaining(name: str, change: str, *, asked_before: bool) -> None:
    """What was read stays; what would mix old and new weights is refused."""
    model = build(name)
    ex = explain(model)
    finished = ex.reading.rows("saliency", [2, 5]) if asked_before else None
    attention, steps = ex.attention(1, 1), ex.steps
    with torch.no_grad():
        CHANGES[change](model)
    with pytest.raises(aw.AttrWidgetError, match=r"weights have changed .* explain again"):
        ex.scores("saliency")
    if finished is not None:
        np.testing.assert_array_equal(ex.reading.rows("saliency", [2, 5]), finished)
    np.testing.assert_array_equal(ex.attention(1, 1), attention)
    assert ex.steps.equals(steps)
    assert not explain(model).scores("saliency").isna().all().any()


def test_no_method_reads_new_weights_for_an_old_explanation() -> None:
    """Half of a method's inputs were left out before the weights changed: the other half would be of another model."""
    model = build("llama")
    fresh, begun = explain(model), explain(model)
    names = [method.name for method in fresh.methods() if not method.attention]
    assert {"leave_one_out", "leave_one_out_deleted", "value_zeroing", "gradient_x_attention"} <= set(names)
    begun.reading.rows("leave_one_out", [0])
    known = begun.reading.rows("value_zeroing", [0])
    with torch.no_grad():
        CHANGES["in place"](model)
    for name in names:
        for ex in (fresh, begun):
            with pytest.raises(aw.AttrWidgetError, match="weights have changed"):
                ex.reading.rows(name, [0, ex.reading.n_steps - 1])
    np.testing.assert_array_equal(begun.reading.rows("value_zeroing", [0]), known)
