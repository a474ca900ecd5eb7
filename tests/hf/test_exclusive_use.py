"""A model of the user's own is given back exactly as it was, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.model_state import state
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer

import attrwidget as aw
from attrwidget.hf.internals.modules import restore_state, state_of
from attrwidget.methods.registry import get

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["gpt2", "llama", "falcon", "gemma2"])
def model(request: Any) -> Iterator[Any]:
    """A model as one has it in the middle of fine-tuning: dropout on, some weights frozen, a hook."""
    dropout = {"gpt2": {"resid_pdrop": 0.5}, "falcon": {"hidden_dropout": 0.5}}
    model = build(request.param, attention_dropout=0.5, **dropout.get(request.param, {}))
    model.train()
    next(model.children()).eval()
    for parameter in list(model.parameters())[:3]:
        parameter.requires_grad = False
    model.get_input_embeddings().register_forward_hook(lambda *_: None)
    before = state(model)
    assert len(set(before["training"])) == len(set(before["grad flags"])) == 2
    yield model
    assert state(model) == before


def explain(model: Any, **options: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(PROMPT, **(options or {"output": ANSWER}))


def names(ex: aw.Explanation) -> list[str]:
    """Return our own methods and one of each library's; others of a library touch a model in the same way."""
    own = [method.name for method in ex.methods() if get(method.name).package is None]
    return [*own, "lime", "captum:feature_ablation", "inseq:deeplift"]


@pytest.mark.slow
def test_after_everything(model: Any) -> None:
    for ex in (explain(model), explain(model, max_new_tokens=3)):
        for name in names(ex):
            ex.scores(name)
        ex.attention(0, 0)
        ex.reading.head_weights([0])
        assert not ex.steps.empty


def test_while_it_lasts(model: Any) -> None:
    """What runs is a copy over the same weights, so that a training loop in another thread is not disturbed."""
    before = state(model)

    def look(_done: int, _total: int) -> None:
        assert state(model) == before

    loaded = aw.load(model, byte_tokenizer())
    loaded.explain(PROMPT, max_new_tokens=2, progress=look).scores("saliency", progress=look)
    assert loaded.hf is model


@pytest.mark.slow
def test_training_mode_and_dropout_change_no_number(model: Any) -> None:
    ex, copy_model = explain(model), build(model.config.model_type).eval()
    copy_model.load_state_dict(model.state_dict())
    calm = explain(copy_model)
    for name in names(ex):
        np.testing.assert_array_equal(ex.scores(name), calm.scores(name))


def test_after_an_exception_while_generating(model: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        explain(model, max_new_tokens=5, progress=raising(KeyboardInterrupt))
    with pytest.raises(aw.AttrWidgetError):
        explain(model, max_new_tokens=5, nonsense=1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt])
def test_after_an_exception_in_a_forward_pass(model: Any, monkeypatch: Any, kind: Any) -> None:
    """At each of the forward passes that explaining makes, one after the other."""
    adapter = aw.load(model, byte_tokenizer())
    inner = model.get_output_embeddings()
    plain, before = inner.forward, state(model)
    for fails_at in range(1, 12):
        calls = 0

        def forward(*args: Any, at: int = fails_at) -> Any:
            nonlocal calls
            calls += 1
            if calls == at:
                raise kind("out of luck")
            return plain(*args)

        monkeypatch.setattr(inner, "forward", forward)
        with contextlib.suppress(kind, aw.AttrWidgetError):
            adapter.explain(PROMPT, output=ANSWER).scores("saliency")
        monkeypatch.undo()
        assert state(model) == before


def test_after_an_exception_in_a_backward_pass(model: Any, monkeypatch: Any) -> None:
    ex = explain(model)
    truth = explain(model).scores("saliency")
    monkeypatch.setattr(torch.autograd, "grad", raising(RuntimeError))
    with pytest.raises(aw.AttrWidgetError, match="enough"):
        ex.scores("saliency")
    monkeypatch.undo()
    np.testing.assert_array_equal(ex.scores("saliency"), truth)


def test_after_an_exception_in_the_progress_of_scores(model: Any) -> None:
    ex = explain(model)
    for kind in (aw.Cancelled, KeyboardInterrupt):
        with pytest.raises(kind):
            ex.scores("saliency", progress=raising(kind))
    assert not ex.scores("saliency").empty


@pytest.mark.slow
def test_inside_inference_mode(model: Any) -> None:
    truth = explain(model)
    with torch.inference_mode():
        ex = explain(model)
        explain(model, max_new_tokens=2)
        inside = ex.scores("saliency")
    np.testing.assert_array_equal(inside, truth.scores("saliency"))
    np.testing.assert_array_equal(ex.scores("input_x_gradient"), truth.scores("input_x_gradient"))
    if ex.reading.n_layers:
        np.testing.assert_array_equal(ex.attention(0, 1), truth.attention(0, 1))


def test_inside_no_grad(model: Any) -> None:
    truth = explain(model).scores("saliency")
    with torch.no_grad():
        np.testing.assert_array_equal(explain(model).scores("saliency"), truth)
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()


def test_gradient_checkpointing_stays_on() -> None:
    model = build("llama").train()
    model.activation_checkpointing_enable()
    before = state(model)
    checkpointed = explain(model).scores("saliency")
    assert state(model) == before
    assert model.is_activation_checkpointing
    np.testing.assert_array_equal(checkpointed, explain(build("llama")).scores("saliency"))


def test_the_user_can_go_on_training() -> None:
    model = build("llama").train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    ids = torch.tensor([byte_tokenizer()(PROMPT)["input_ids"]])
    model(ids, labels=ids).loss.backward()
    explain(model).scores("saliency")
    assert all(p.grad is not None for p in model.parameters())
    optimizer.step()


def raising(kind: type[BaseException]) -> Any:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise kind("enough")

    return fail


def test_what_a_forward_pass_sets_is_undone() -> None:
    inner = torch.nn.Linear(2, 2)
    module = torch.nn.Sequential(inner)
    module.register_buffer("frequencies", torch.ones(2))
    module.attention_type = "sparse"  # type: ignore[assignment]
    before = module.frequencies
    state = state_of(module.modules())
    module.attention_type = "full"  # type: ignore[assignment]
    module.frequencies = torch.zeros(2)
    module.longest = 40  # type: ignore[assignment]
    module[0] = torch.nn.Linear(2, 2)
    restore_state(state)
    assert module.attention_type == "sparse"
    assert module.frequencies is before
    assert not hasattr(module, "longest")
    assert module[0] is inner
