"""What attrwidget assumes of private parts of Transformers, Accelerate and torch: one test for each assumption."""

from __future__ import annotations

import copy
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import torch
from helpers.close import assert_close
from helpers.tiny import build, byte_tokenizer, random_ids
from helpers.zoo import build_zoo
from torch import nn
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForQuestionAnswering,
    BartConfig,
    BartForConditionalGeneration,
    BertConfig,
    DynamicCache,
    GenerationConfig,
    GPT2Config,
    ViTConfig,
)

import attrwidget as aw
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.internals import attention, cache, missing, models, modules

if TYPE_CHECKING:
    from pathlib import Path

IDS = torch.tensor([random_ids(6)])


@pytest.fixture
def llama() -> Any:
    return build("llama").eval()


@pytest.fixture
def unwarned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget which missing parts were warned of."""
    monkeypatch.setattr(missing, "_warned", set())


# Attention


def test_a_configuration_names_its_attention(llama: Any) -> None:
    (config,) = attention.attention_configs(llama.modules())
    assert attention.attention_name(config) == "sdpa"
    attention.set_attention_name(config, "eager")
    assert llama(IDS, output_attentions=True).attentions
    attention.set_attention_name(config, "sdpa")
    assert attention.attention_name(config) == "sdpa"


def test_a_registered_attention_is_called_with_the_mask_of_another(llama: Any) -> None:
    masks: list[Any] = []

    def ours(module: Any, query: Any, key: Any, value: Any, mask: Any, **options: Any) -> Any:
        masks.append(mask)
        return attention.eager_attention(module)(module, query, key, value, mask, **options)

    assert attention.register_attention("attrwidget_test", ours, mask="eager")
    truth = llama(IDS).logits
    with exclusive_use(llama, "attrwidget_test"):
        torch.testing.assert_close(llama(IDS).logits, truth)
    assert [mask.shape for mask in masks] == [(1, 1, 6, 6)] * 3
    assert bool((masks[0][0, 0].triu(1) < -1e30).sum() == 15)


def test_a_modelling_file_has_an_eager_attention_that_returns_weights(llama: Any) -> None:
    module = llama.model.layers[0].self_attn
    query, key = torch.randn(1, 4, 3, 8), torch.randn(1, 2, 3, 8)
    output, weights = attention.eager_attention(module)(
        module, query, key, key, None, scaling=0.5, dropout=0.0
    )
    assert output.shape == (1, 3, 4, 8)
    scores = query @ key.repeat_interleave(2, dim=1).transpose(2, 3) * 0.5
    torch.testing.assert_close(weights, scores.softmax(-1))


def test_sdpa_is_in_the_interface(llama: Any) -> None:
    module = llama.model.layers[0].self_attn
    assert attention.attention_function("sdpa", module) is not attention.eager_attention(module)
    assert attention.attention_function("eager", module) is attention.eager_attention(module)


# The cache


def test_a_forward_names_its_cache(llama: Any) -> None:
    name = cache.cache_argument(llama)
    assert name in ("cache", "past_key_values")
    assert cache.cache_argument(BartForConditionalGeneration(bart())) == name


def test_a_cache_is_returned_under_the_name_of_the_argument(llama: Any) -> None:
    assert type(cache.returned_cache(llama, llama(IDS, use_cache=True))) is DynamicCache


def test_a_text_goes_on_after_a_cache_without_a_warning(llama: Any, caplog: pytest.LogCaptureFixture) -> None:
    kept = cache.new_cache(llama.config)
    for part in (IDS[:, :4], IDS[:, 4:]):
        logits = llama(part, **cache.cache_options(llama, kept)).logits
    torch.testing.assert_close(logits, llama(IDS).logits[:, 4:])
    assert not [record for record in caplog.records if not record.name.startswith("attrwidget")]


def test_the_layers_of_a_cache_tell_their_kind(llama: Any) -> None:
    assert cache.layer_kinds(cache.new_cache(llama.config)) == {"plain"}
    assert cache.layer_kinds(cache.new_cache(build("mistral").config)) == {"sliding"}
    assert cache.layer_kinds(None) == {"other"}


def test_a_decoder_has_two_caches() -> None:
    model = BartForConditionalGeneration(bart()).eval()
    output = model(IDS, decoder_input_ids=IDS, use_cache=True)
    parts = cache.decoder_caches(cache.returned_cache(model, output))
    assert [cache.layer_kinds(part) for part in parts] == [{"plain"}] * 2
    assert [part.get_seq_length() for part in parts] == [6, 6]
    assert len(cache.decoder_caches(cache.new_decoder_cache(model.config))) == 2


def test_a_cache_can_be_allocated_at_once_and_repeated(llama: Any) -> None:
    kept = cache.allocated_cache(llama.config, 6)
    llama(IDS[:, :4], **cache.cache_options(llama, kept))
    copies = cache.repeated(kept, llama.config, 3, 2)
    again = llama(IDS[:, 3:].expand(2, -1), **cache.cache_options(llama, copies)).logits
    torch.testing.assert_close(again, llama(IDS).logits[:, 3:].expand(2, -1, -1))


# Modules


def test_hooks_that_capture_attentions_can_be_removed() -> None:
    model = AutoModelForCausalLM.from_config(build("llama").config, attn_implementation="eager")
    parts = list(model.modules())
    before = [(sorted(vars(m)), modules.hooks_of(m)) for m in parts]
    model(IDS, output_attentions=True)
    modules.remove_capturing_hooks(parts, set())
    assert [(sorted(vars(m)), modules.hooks_of(m)) for m in parts] == before


def test_accelerate_leaves_a_hook_with_a_device(llama: Any, tmp_path: Path) -> None:
    accelerate = pytest.importorskip("accelerate")
    assert not modules.is_offloaded(llama)
    assert modules.execution_device(llama.get_input_embeddings()) is None
    accelerate.disk_offload(llama, str(tmp_path), execution_device=torch.device("cpu"))
    assert modules.is_offloaded(llama)
    assert modules.execution_device(llama.get_input_embeddings()) == torch.device("cpu")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_compiled_model_holds_its_original(llama: Any) -> None:
    assert modules.uncompiled(torch.compile(llama)) is llama
    assert modules.uncompiled(llama) is llama


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_compiled_forward_is_no_patch() -> None:
    module = build("llama").model.norm
    assert not modules.is_patched(module)
    own = module.forward
    module.forward = torch.compile(own)
    assert not modules.is_patched(module)

    def patch(*args: Any) -> Any:
        return own(*args)

    for forward in (patch, torch.compile(patch)):
        module.forward = forward
        assert modules.is_patched(module)


def test_a_tensor_counts_what_is_written_to_it() -> None:
    tensor = torch.zeros(2)
    before = modules.write_count(tensor)
    tensor.add_(1)
    assert modules.write_count(tensor) > before


def test_a_module_shows_its_parameters_and_hooks() -> None:
    layer = nn.Linear(2, 3)
    assert modules.own_parameters(layer) == [layer.weight, layer.bias]
    assert modules.own_parameters(nn.Sequential(layer)) == []
    assert not modules.has_forward_hooks(layer)
    layer.register_forward_hook(print)
    assert modules.has_forward_hooks(layer)
    assert modules.hooks_of(layer) == [print]


def test_the_activation_of_gpt2_is_a_tanh_gelu() -> None:
    activation = build("gpt2").transformer.h[0].mlp.act
    assert type(activation) in modules.tanh_gelus()
    assert modules.is_activation(activation)
    values = torch.linspace(-3, 3, 7)
    torch.testing.assert_close(activation(values), nn.functional.gelu(values, approximate="tanh"))


# Tables, defaults and messages


def test_the_tables_tell_causal_and_masked_models() -> None:
    assert "llama" in models.causal_types()
    assert "llama" not in models.masked_types()
    assert "bert" in models.masked_types()
    assert models.main_input(BertConfig()) == "input_ids"
    assert models.main_input(ViTConfig()) == "pixel_values"


def test_generation_options_have_defaults() -> None:
    config = GenerationConfig()
    assert models.generation_default(config, "temperature") == 1
    assert models.generation_default(config, "repetition_penalty") == 1
    assert models.generation_default(config, "no_such_option") is None


def test_a_configuration_names_its_rotary_embeddings() -> None:
    longrope = {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}
    config = AutoConfig.for_model("llama", rope_parameters=longrope)
    assert models.rope_types(config) == {"dynamic"}
    assert models.rope_types(GPT2Config()) == set()


@pytest.mark.parametrize(
    ("kind", "truth"), [("bert", True), ("funnel", True), ("xlnet", True), ("roberta", False)]
)
def test_a_model_tells_two_texts_apart(kind: str, truth: bool) -> None:
    """Other token types change what it computes."""
    model = build_zoo(kind, "ForTokenClassification", **({"type_vocab_size": 1} if kind == "roberta" else {}))
    assert models.has_token_types(model) == truth
    if truth:
        ids = torch.arange(5, 15)[None]
        types = (ids > 9).long()
        plain, told = (model(ids, token_type_ids=one).logits for one in (0 * types, types))
        assert not torch.allclose(plain, told, atol=1e-3)
    assert not models.has_token_types(build("gpt2"))


def test_an_unknown_architecture_is_told_by_its_message() -> None:
    with pytest.raises(ValueError, match=r"\bPhiConfig\b") as caught:
        AutoModelForQuestionAnswering.from_config(build("phi").config)
    assert models.is_unknown_architecture(caught.value)


def test_an_unknown_generation_option_is_told_by_its_message(llama: Any) -> None:
    with pytest.raises(ValueError, match="no_such_option") as caught:
        llama.generate(IDS, max_new_tokens=1, no_such_option=1)
    assert models.is_unknown_option(caught.value)


def test_a_model_with_its_own_code_is_told_by_its_message(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "own", "auto_map": {"AutoConfig": "own.Config"}}')
    (tmp_path / "own.py").write_text("raise AssertionError")
    with pytest.raises(ValueError, match="custom code") as caught:
        AutoConfig.from_pretrained(tmp_path, trust_remote_code=False)
    assert models.needs_remote_code(caught.value)


# What is missing is a warning


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("transformers.modeling_utils", "AttentionInterface"),
        ("transformers.masking_utils", "AttentionMaskInterface"),
    ],
)
@pytest.mark.usefixtures("unwarned")
def test_without_the_interface_attention_is_returned(
    module: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = aw.load("demo").explain("The capital of France is", max_new_tokens=1)
    monkeypatch.delattr(f"{module}.{name}")
    with pytest.warns(UserWarning, match="AttentionInterface") as caught:
        model = aw.load("demo")
    assert len(caught) == 1
    ex = model.explain("The capital of France is", max_new_tokens=1)
    assert ex.trace.capabilities.attention == "returned"
    assert_close(ex.attention(layer=0, head=0), truth.attention(layer=0, head=0))


@pytest.mark.parametrize(
    ("part", "call", "words"),
    [
        ((attention, "_NAME"), lambda m: attention.attention_configs(m.modules()), "PreTrainedConfig._gone"),
        ((attention, "_EAGER"), lambda m: attention.eager_attention(m.model.layers[0].self_attn), "_gone"),
        ((cache, "_ARGUMENTS"), lambda m: cache.returned_cache(m, m(IDS, use_cache=True)), "argument _gone"),
        ((models, "_CAUSAL"), lambda _: models.causal_types(), "_gone"),
        ((models, "_MASKED"), lambda _: models.masked_types(), "_gone"),
        ((models, "_DEFAULTS"), lambda m: models.generation_default(m.generation_config, "top_p"), "_gone"),
    ],
)
@pytest.mark.usefixtures("unwarned")
def test_a_missing_part_is_warned_of_once(
    part: tuple[Any, str], call: Any, words: str, llama: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name = part
    monkeypatch.setattr(module, name, ("_gone",) if name == "_ARGUMENTS" else "_gone")
    with pytest.warns(UserWarning, match=words):
        assert not call(llama)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not call(llama)


def bart() -> BartConfig:
    return BartConfig(
        vocab_size=300,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=48,
        decoder_ffn_dim=48,
    )


def test_everything_works_without_a_warning() -> None:
    """Recording, gradients over a cache, and texts with inputs changed: pytest makes an error of each warning."""
    ids = random_ids(24)
    ex = aw.load(build("llama"), byte_tokenizer()).explain(ids[:20], output=ids[20:])
    assert ex.trace.capabilities.attention == "recorded"
    assert ex.trace.capabilities.segments
    assert ex.scores("leave_one_out").shape == (4, 23)


def test_an_attention_answers_to_the_name_that_it_stands_for() -> None:
    alias = attention.AttentionAlias("attrwidget_eager", "sdpa")
    assert alias in ("eager", "sdpa")
    assert alias == "attrwidget_eager"
    assert alias != "eager"
    assert {"sdpa": 1, "attrwidget_eager": 2}[alias] == 2  # registries find our function, not the model's own
    again = copy.deepcopy(alias)
    assert (again, again.stands_for) == (alias, "sdpa")
