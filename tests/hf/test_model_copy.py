"""What runs is a copy over the same weights, or the model itself if it cannot be copied."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.model_state import state
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer

import attrwidget as aw
from attrwidget.hf.model_copy import copy_model


def explain(model: Any, **options: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(PROMPT, **(options or {"output": ANSWER}))


def test_the_copy_holds_no_weights_of_its_own() -> None:
    model = build("gpt2")
    ex = explain(model)
    assert ex.trace.model.hf is not model
    ours = dict(ex.trace.model.hf.named_parameters())
    for name, parameter in model.named_parameters():
        assert ours[name].data_ptr() == parameter.data_ptr()


def test_what_hooks_hold_is_not_copied() -> None:
    class Recorder:
        def __init__(self) -> None:
            self.calls = 0

        def __deepcopy__(self, memo: Any) -> None:
            pytest.fail("a hook's object was copied")

        def hook(self, *_: Any) -> None:
            self.calls += 1

    model, recorder = build("gpt2"), Recorder()
    model.lm_head.register_forward_hook(recorder.hook)
    explain(model)
    assert recorder.calls


def compiled(part: Any) -> Any:
    return torch.compile(part, backend="eager")


def of_layers(model: Any) -> None:
    model.transformer.h[1] = compiled(model.transformer.h[1])
    model.transformer.h[2].mlp = compiled(model.transformer.h[2].mlp)


def of_the_body(model: Any) -> None:
    of_layers(model)
    model.transformer = compiled(model.transformer)


@pytest.mark.parametrize("how", [of_layers, of_the_body, lambda model: model.compile(backend="eager")])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_model_with_compiled_parts_is_run_as_it_is_written(how: Any) -> None:
    """Compiled, they would be compiled anew for each length, and some not run at all."""
    model, plain = build("gpt2"), explain(build("gpt2"))
    how(model)
    before = list(map(id, model.modules()))
    ex = explain(model)
    assert ex.trace.model.hf is not model
    assert not any(hasattr(part, "_orig_mod") for part in ex.trace.model.hf.modules())
    assert list(map(id, model.modules())) == before
    for method in ("saliency", "input_x_gradient", "leave_one_out", "integrated_gradients"):
        np.testing.assert_allclose(ex.scores(method), plain.scores(method), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ex.attention(layer=1, head=2), plain.attention(layer=1, head=2), atol=1e-6)
    assert ex.warnings == plain.warnings


def test_a_compiled_part_with_a_hook_is_used_itself() -> None:
    """The hook is the wrapper's, and may change what it returns."""
    model = build("gpt2")
    model.transformer.h[1] = compiled(model.transformer.h[1])
    model.transformer.h[1].register_forward_hook(lambda *_: None)
    assert copy_model(model) is model


@pytest.mark.slow
def test_a_model_that_cannot_be_copied_is_used_itself() -> None:
    """As when Accelerate has patched its modules: then the flags change, and are restored."""
    model = build("llama").train()
    plain = model.lm_head.forward
    model.lm_head.forward = plain
    before = state(model)
    ex = explain(model)
    assert ex.trace.model.hf is model
    np.testing.assert_array_equal(ex.scores("saliency"), explain(build("llama")).scores("saliency"))
    assert explain(model, max_new_tokens=2).reading.n_steps == 2
    assert state(model) == before


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_compiled_forward_stays_with_the_model() -> None:
    """It would be compiled anew for each length of text; the numbers are those of the model as it is written."""
    model = build("llama")
    plain = explain(model).scores("saliency")
    model.forward = compiled = torch.compile(model.forward)
    ex = explain(model)
    assert ex.trace.model.hf is not model
    assert "forward" not in vars(ex.trace.model.hf)
    np.testing.assert_array_equal(ex.scores("saliency"), plain)
    assert model.forward is compiled
