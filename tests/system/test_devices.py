"""Models in parts: weights kept on disk, maps of Accelerate's, and weights that are nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.model_state import state
from helpers.tiny import build, byte_tokenizer, random_ids
from transformers import AutoConfig, AutoModelForCausalLM

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


IDS = random_ids(16)
BODIES = {"llama": ("model", "layers"), "gpt2": ("transformer", "h")}


def explain(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:10], output=IDS[10:])


def offloaded(folder: str, name: str, where: Path, *, all_but_last: bool) -> Any:
    """Return a model with its middle block, or all but its last, on disk."""
    whole = AutoModelForCausalLM.from_pretrained(folder)
    body, blocks = BODIES[name]
    parts = [f"{body}.{part}" for part, _ in getattr(whole, body).named_children() if part != blocks]
    places = dict.fromkeys([*parts, "lm_head", f"{body}.{blocks}.0"], "disk" if all_but_last else "cpu")
    places |= {f"{body}.{blocks}.1": "disk", f"{body}.{blocks}.2": "cpu"}
    return AutoModelForCausalLM.from_pretrained(folder, device_map=places, offload_folder=str(where))


@pytest.mark.parametrize("all_but_last", [False, True])
@pytest.mark.parametrize("name", BODIES)
def test_weights_on_disk(name: str, all_but_last: bool, folder: Callable[[str], str], tmp_path: Path) -> None:
    model = offloaded(folder(name), name, tmp_path, all_but_last=all_but_last)
    assert any(parameter.is_meta for parameter in model.parameters())
    training = [module.training for module in model.modules()]
    ex, whole = explain(model), explain(build(name))
    assert ex.trace.capabilities == whole.trace.capabilities
    for method in (
        "saliency",
        "input_x_gradient",
        "attention",
        "leave_one_out",
        "integrated_gradients",
        "gim",
    ):
        np.testing.assert_allclose(
            ex.scores(method, normalize=None), whole.scores(method, normalize=None), rtol=1e-4, atol=1e-6
        )
    np.testing.assert_allclose(ex.blocks(), whole.blocks(), rtol=1e-3, atol=1e-5)
    assert aw.load(model, byte_tokenizer()).explain(IDS[:10], max_new_tokens=3).reading.n_steps == 3
    assert [module.training for module in model.modules()] == training


def test_the_bundled_model_from_disk(tmp_path: Path) -> None:
    whole = aw.load("demo")
    whole.hf.save_pretrained(tmp_path / "model")
    places = {name: "disk" for name, _ in whole.hf.named_children()}
    parts = AutoModelForCausalLM.from_pretrained(
        tmp_path / "model", device_map={**places, "model": "disk"}, offload_folder=str(tmp_path / "disk")
    )
    assert all(parameter.is_meta for parameter in parts.parameters())
    prompt, output = "The first president of America is", " George Washington."
    ex = aw.load(parts, whole.tokenizer).explain(prompt, output=output)
    here = whole.explain(prompt, output=output)
    for method in ("saliency", "attention", "leave_one_out"):
        np.testing.assert_allclose(ex.scores(method), here.scores(method), atol=1e-6)
    np.testing.assert_allclose(ex.attention(layer=1, head=0), here.attention(layer=1, head=0), atol=1e-6)
    with aw.capture(parts, whole.tokenizer) as captured:
        parts.generate(torch.tensor([list(ex.trace.tokens.ids[:6])]), max_new_tokens=3)
    np.testing.assert_allclose(
        captured.explanations[0].scores("saliency")[:2], here.scores("saliency")[:2], atol=1e-6
    )


def test_captured_from_disk(folder: Callable[[str], str], tmp_path: Path) -> None:
    model = offloaded(folder("llama"), "llama", tmp_path, all_but_last=True)
    with aw.capture(model, byte_tokenizer()) as captured:
        model.generate(torch.tensor([IDS[:10]]), max_new_tokens=3)
    whole = aw.load(build("llama"), byte_tokenizer()).explain(IDS[:10], max_new_tokens=3)
    np.testing.assert_allclose(
        captured.explanations[0].scores("saliency"), whole.scores("saliency"), rtol=1e-4, atol=1e-7
    )


def test_a_map_of_one_device(folder: Callable[[str], str]) -> None:
    for place in ("auto", {"": "cpu"}):
        model = AutoModelForCausalLM.from_pretrained(folder("llama"), device_map=place)
        before = state(model)
        np.testing.assert_array_equal(
            explain(model).scores("saliency"), explain(build("llama")).scores("saliency")
        )
        assert state(model) == before
    named = aw.load(folder("llama"), device="auto").explain(IDS[:10], output=IDS[10:])
    np.testing.assert_array_equal(named.scores("saliency"), explain(build("llama")).scores("saliency"))


def test_weights_that_are_nowhere(folder: Callable[[str], str]) -> None:
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder("llama")))
    with pytest.raises(aw.AttrWidgetError, match="meta device"):
        aw.load(model, byte_tokenizer())


def test_without_accelerate(folder: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attrwidget.hf.load_options.find_spec", lambda _name: None)
    with pytest.raises(aw.AttrWidgetError, match="pip install accelerate"):
        aw.load(folder("llama"), device="auto")
    assert aw.load(folder("llama"), device="cpu").hf.device.type == "cpu"
