"""Models in 8 and 4 bits are explained as they are; where kernels have no backward, leave-one-out stands in."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer, plain_gradients, random_ids, save
from scipy.stats import spearmanr
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator


FIRST = 10
IDS = random_ids(FIRST + 6)
EIGHT = {"load_in_8bit": True}
FOUR = {"load_in_4bit": True, "bnb_4bit_compute_dtype": torch.float32, "bnb_4bit_quant_type": "nf4"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    model = build("llama", hidden_size=64, intermediate_size=128, scale=0.05)
    return save(model, tmp_path_factory.mktemp("model"))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logger = logging.getLogger("bitsandbytes.autograd._functions")  # it reports every product
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*autograd kernel was not registered")
        yield
    logger.setLevel(logging.NOTSET)


def quantized(folder: str, settings: dict[str, Any]) -> Any:
    return AutoModelForCausalLM.from_pretrained(
        folder, quantization_config=BitsAndBytesConfig(**settings), device_map="cpu"
    )


def explain(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


def packs(model: Any) -> bool:
    """Say whether this CPU has the kernel for which bitsandbytes packs 4-bit weights when they are first used."""
    return any(getattr(module, "support_avx512bf16_for_cpu", False) for module in model.modules())


@pytest.mark.parametrize("settings", [EIGHT, FOUR], ids=["8-bit", "4-bit"])
def test_gradients_of_the_quantised_model(folder: str, settings: dict[str, Any]) -> None:
    model = quantized(folder, settings)
    before = model(torch.tensor([IDS])).logits if settings is EIGHT else None
    ex = explain(model)
    assert ex.trace.capabilities.gradients_note is None
    assert ex.trace.model.hf is not model
    (warning,) = ex.warnings
    assert "quantised (bitsandbytes" in warning
    gradients, embedded = plain_gradients(quantized(folder, settings), IDS, FIRST, "logit")
    norms, products = gradients.norm(dim=-1), (gradients * embedded).sum(-1)
    tolerance = 5e-2 if settings is EIGHT else 1e-4  # 8-bit rounds by what else is in the batch
    for method, truth in (("saliency", norms), ("input_x_gradient", products)):
        ours = np.nan_to_num(ex.scores(method, target_function="logit", normalize=None))
        np.testing.assert_allclose(ours, truth, atol=tolerance * truth.abs().max())
    if before is not None:
        assert torch.equal(model(torch.tensor([IDS])).logits, before)


@pytest.mark.parametrize("settings", [EIGHT, FOUR], ids=["8-bit", "4-bit"])
def test_the_slope_is_the_models_own(folder: str, settings: dict[str, Any]) -> None:
    """By finite differences along the gradient, which no missing backward would pass."""
    ex = explain(quantized(folder, settings))
    step = ex.reading.n_steps - 1
    target = IDS[FIRST + step]
    ((_, slopes, scales, embedded),) = ex.trace.gradients([step], lambda logits, _: logits[:, target])
    slope = slopes[0].double() * scales[0]
    along, length = slope / slope.norm(), 1e-3 * embedded.norm()
    model = quantized(folder, settings)

    def logit(by: float) -> float:
        moved = (embedded + by * length * along)[None].float().requires_grad_()
        return model(inputs_embeds=moved).logits[0, -1, target].item()

    assert (logit(1) - logit(-1)) / (2 * length) == pytest.approx(float(slope.norm()), rel=0.1)


@pytest.mark.parametrize("settings", [EIGHT, FOUR], ids=["8-bit", "4-bit"])
def test_norms_and_attention_are_near_those_of_the_whole_model(folder: str, settings: dict[str, Any]) -> None:
    ex, whole = explain(quantized(folder, settings)), aw.load(folder).explain(IDS[:FIRST], output=IDS[FIRST:])
    for method in ("saliency", "attention"):
        ours, truth = ex.scores(method).to_numpy(), whole.scores(method).to_numpy()
        ranks = [spearmanr(a[:FIRST], b[:FIRST]).statistic for a, b in zip(ours, truth, strict=True)]
        assert np.mean(ranks) > 0.8, method


def test_what_the_user_does_with_the_model_goes_on(folder: str) -> None:
    """The 8-bit weights and their scales move on first use; neither model may miss them, and none is copied."""
    model, other = quantized(folder, EIGHT), quantized(folder, EIGHT)
    ex = explain(model)
    ids = torch.tensor([IDS])
    assert torch.equal(model(ids).logits, other(ids).logits)
    ours = {name: module for name, module in ex.trace.model.hf.named_modules() if hasattr(module, "state")}
    assert ours
    for name, module in ours.items():
        assert module.state.CB.data_ptr() == model.get_submodule(name).state.CB.data_ptr()


def test_by_name(folder: str) -> None:
    model = aw.load(folder, quantization_config=BitsAndBytesConfig(**FOUR))
    ex = model.explain(IDS[:FIRST], max_new_tokens=3)
    assert "4-bit" in ex.warnings[0]
    assert model.explain(IDS[:FIRST], max_new_tokens=3).scores("saliency").equals(ex.scores("saliency"))
    with pytest.raises(aw.AttrWidgetError, match="quantization_config is for models loaded by name"):
        aw.load(build("llama"), byte_tokenizer(), quantization_config=BitsAndBytesConfig(**FOUR))


def test_weights_that_are_packed_after_the_model_was_loaded(folder: str) -> None:
    model = quantized(folder, FOUR)
    if not packs(model):
        pytest.skip("this CPU has no kernel that 4-bit weights are packed for")
    loaded = aw.load(model, byte_tokenizer())
    ex = loaded.explain(IDS[:FIRST], output=IDS[FIRST:])
    assert ex.trace.capabilities.gradients_note is None
    ex.scores()
    with torch.no_grad():
        model(torch.tensor([IDS]))
    with pytest.raises(aw.AttrWidgetError, match="weights have changed"):
        ex.scores("input_x_gradient")
    assert_falls_back(loaded.explain(IDS[:FIRST], output=IDS[FIRST:]), "no backward")


def test_kernels_without_a_backward() -> None:
    """As many quantised ones are: what they give has no graph, and only the residual stream passes gradients on."""

    class Forwards(torch.nn.Linear):
        def forward(self, states: torch.Tensor) -> torch.Tensor:
            with torch.no_grad():
                return super().forward(states)

    model = build("llama")
    for module in model.model.layers.modules():
        if isinstance(module, torch.nn.Linear):
            module.__class__ = Forwards
    assert_falls_back(explain(model), "no backward")


def test_kernels_that_raise_in_their_backward() -> None:
    class Refusing(torch.autograd.Function):
        @staticmethod
        def forward(_ctx: Any, states: Any) -> Any:
            return states.clone()

        @staticmethod
        def backward(_ctx: Any, *_: Any) -> Any:
            raise NotImplementedError("no such kernel")

    model = build("gpt2")
    model.transformer.h[1].register_forward_pre_hook(lambda _m, args: (Refusing.apply(args[0]), *args[1:]))
    assert_falls_back(explain(model), "no such kernel")


def assert_falls_back(ex: aw.Explanation, why: str) -> None:
    """Leave-one-out is the default method, by every way in, and gradients are refused in a sentence."""
    sentence = ex.warnings[0]
    assert why in sentence
    assert sentence.endswith("so leave-one-out is shown first.")
    assert ex.methods()[0].name == ex.widget.method == "leave_one_out"
    ex.widget.close()
    assert "saliency" not in [method.name for method in ex.methods()]
    assert ex.scores().equals(ex.scores("leave_one_out"))
    assert np.isfinite(ex.scores().iloc[0, :FIRST]).all()
    for method in ("saliency", "input_x_gradient", "integrated_gradients"):
        with pytest.raises(aw.AttrWidgetError, match="leave_one_out"):
            ex.scores(method)
    with pytest.raises(aw.AttrWidgetError, match="leave_one_out"):
        ex.blocks()
    assert ex.attention(0, 0).shape == (ex.reading.n_steps, ex.reading.n_inputs)


def test_a_gguf_that_was_turned_into_floats_is_not_quantised() -> None:
    model = build("gpt2")
    model.config.quantization_config = {"quant_method": "gguf"}
    ex = explain(model)
    assert not ex.warnings
    assert not ex.trace.model.low_precision
    model.register_parameter(
        "packed", torch.nn.Parameter(torch.zeros(2, dtype=torch.uint8), requires_grad=False)
    )
    assert "quantised (gguf)" in explain(model).warnings[0]
