"""Each run of a text is compared with the first: what acts on long texts, or in one kind of run, is never silent."""

from __future__ import annotations

import copy
import functools
import math
from typing import Any

import numpy as np
import pytest
import torch
from helpers import zoo
from helpers.tiny import build, byte_tokenizer, random_ids
from helpers.tiny_seq2seq import ending_tokenizer
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, AutoModelForSeq2SeqLM

import attrwidget as aw
from attrwidget.engine.text_check import Difference, TextCheck

IDS = random_ids(44)
FIRST = 30  # longer than the text that a model is tried on


def randomized(model: Any, seed: int = 0) -> Any:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, 0.2, generator=generator)
    return model.eval()


def causal(kind: str, **shape: Any) -> Any:
    shape = {
        "hidden_size": 32,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "intermediate_size": 48,
        **shape,
    }
    ids = {"vocab_size": 330, "bos_token_id": 0, "eos_token_id": None, "pad_token_id": 0}
    return randomized(AutoModelForCausalLM.from_config(CONFIG_MAPPING[kind](**{**ids, **shape})))


def log_probs(model: Any, ids: list[int], first: int, mask: list[int] | None = None) -> Any:
    given = None if mask is None else torch.tensor([mask])
    with torch.no_grad():
        logits = model(torch.tensor([ids[:-1]]), attention_mask=given, use_cache=False).logits
    return logits[0, first - 1 :].double().log_softmax(-1)[range(len(ids) - first), ids[first:]].numpy()


def explained(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


def test_what_differs_is_found() -> None:
    logits = torch.randn(3, 7, generator=torch.Generator().manual_seed(0))
    check = TextCheck(logits, [1, 5, 2], softmax=True, low_precision=False)
    assert check.of_logits(logits + 3) is None  # a constant changes no probability
    other = logits.clone()
    other[1, 5] += 0.5
    difference = check.of_logits(other)
    assert difference is not None
    assert difference.step == 1
    assert difference.first == pytest.approx(float(logits.double().log_softmax(-1)[1, 5]))
    assert check.of([float("nan")] * 3) is not None
    assert Difference(0, math.log(0.9996), math.log(0.0012)).percentages() == ("100 %", "0.12 %")
    assert TextCheck(logits, [1, 5, 2], softmax=False, low_precision=False).of_logits(logits + 3) is not None


def otherwise(condition: Any) -> Any:
    """Return a model that gives other logits to texts of over 24 tokens where *condition* holds."""
    model, lengths = build("llama"), [0]

    def embedded(_module: Any, args: Any) -> None:
        lengths[0] = args[0].shape[1]

    def change(_module: Any, _args: Any, output: Any) -> Any:
        return output * 0.5 if lengths[0] > 24 and condition() else output

    model.get_input_embeddings().register_forward_pre_hook(embedded)
    model.lm_head.register_forward_hook(change)
    return model


def test_gradients_of_another_text_are_refused() -> None:
    """A model that computes otherwise with gradients, on long texts alone: the trial cannot find it."""
    model = otherwise(torch.is_grad_enabled)
    ex = explained(model)
    np.testing.assert_allclose(ex.steps["log_probability"], log_probs(model, IDS, FIRST), atol=1e-5)
    with pytest.raises(aw.AttrWidgetError, match="no gradients that can be trusted for this text"):
        ex.scores("saliency")
    with pytest.raises(aw.AttrWidgetError, match="no gradients that can be trusted for this text"):
        ex.scores("integrated_gradients")
    assert ex.attention(0, 0).shape == (14, 43)


def test_changed_texts_of_another_text_are_refused() -> None:
    """A model that computes otherwise with positions that it is given, on long texts alone."""
    given = [False]
    model = otherwise(lambda: given[0])
    forward = model.forward

    @functools.wraps(forward)
    def heard(*args: Any, **options: Any) -> Any:
        given[0] = options.get("position_ids") is not None
        return forward(*args, **options)

    model.forward = heard
    ex = explained(model)
    with pytest.raises(aw.AttrWidgetError, match="Run again to be changed"):
        ex.scores("leave_one_out")
    assert np.isfinite(ex.scores("saliency").iloc[0, :FIRST]).all()


def test_masked_tokens_are_run_where_a_text_without_them_reads_otherwise() -> None:
    """A model that counts the keys of long texts, as one with a window does: the trial cannot find it."""
    truth, model = explained(build("llama")).scores("leave_one_out"), build("llama")
    forward = model.forward

    @functools.wraps(forward)
    def counting(*args: Any, **options: Any) -> Any:
        output, at = forward(*args, **options), options.get("position_ids")
        if at is not None and at[0, -1] > 24 and options["attention_mask"].shape[1] <= at[0, -1]:
            output.logits = output.logits * 0.5
        return output

    model.forward = counting
    ex = explained(model)
    assert ex.trace.capabilities.gaps
    np.testing.assert_allclose(ex.scores("leave_one_out"), truth, rtol=0, atol=1e-5)


def test_an_answer_written_otherwise_than_it_is_read_is_named() -> None:
    """Phi-3's rotary embeddings change at 32 tokens: each token was written with those of its own length."""
    rope = {"type": "longrope", "short_factor": [1.0] * 4, "long_factor": [4.0] * 4}
    model = causal(
        "phi3",
        num_key_value_heads=2,
        max_position_embeddings=256,
        original_max_position_embeddings=32,
        rope_scaling=rope,
    )
    loaded = aw.load(model, byte_tokenizer())
    (warning,) = loaded.explain(IDS[:26], max_new_tokens=14).warnings
    assert "reads this answer otherwise than it wrote it" in warning
    assert loaded.explain(IDS[:26], max_new_tokens=5).warnings == []


@pytest.mark.parametrize("kind", ["deepseek_v32"])
def test_a_sparse_mask_that_depends_on_the_name_of_the_attention(kind: str) -> None:
    model = causal(
        kind,
        num_key_value_heads=4,
        moe_intermediate_size=16,
        n_routed_experts=4,
        num_experts_per_tok=2,
        n_group=2,
        topk_group=1,
        first_k_dense_replace=1,
        q_lora_rank=16,
        kv_lora_rank=16,
        qk_rope_head_dim=4,
        qk_nope_head_dim=8,
        v_head_dim=12,
        head_dim=4,
        index_topk=24,
        index_n_heads=2,
        index_head_dim=8,
    )
    eager = copy.deepcopy(model)
    eager.set_attn_implementation("eager")
    ex = explained(model)
    np.testing.assert_allclose(ex.steps["log_probability"], log_probs(eager, IDS, FIRST), atol=1e-5)
    with torch.no_grad():
        attentions = eager(torch.tensor([IDS[:-1]]), output_attentions=True, use_cache=False).attentions
    assert (attentions[0][0, :, 40, :40] == 0).any()  # the sparse mask acts
    for layer, truth in enumerate(attentions):
        ours = ex.attention(layer, 1, targets="all").fillna(0)
        np.testing.assert_allclose(ours, truth[0, 1], atol=1e-5)
    embedded = eager.get_input_embeddings()(torch.tensor([IDS[:-1]])).detach().requires_grad_()
    score = eager(inputs_embeds=embedded, use_cache=False).logits[0, -1].double().log_softmax(-1)[IDS[-1]]
    (gradient,) = torch.autograd.grad(score, embedded)
    ours = ex.scores("saliency", target_function="log_prob", normalize=None).iloc[-1]
    truth = gradient[0].norm(dim=-1)
    np.testing.assert_allclose(ours, truth, atol=1e-4 * float(truth.max()))


@pytest.mark.slow
@pytest.mark.parametrize("topk", [2, 512], ids=["binding", "all"])
def test_layers_that_compress_keys_in_different_ways(topk: int) -> None:
    """DeepSeek-V4's: saliency is that of the text as it was run, whichever keys its index takes there.

    The index scores many keys 0 and breaks such ties by how long the text is, so a step alone on its own prefix has
    other numbers, by the model itself.
    """
    model = zoo.build_zoo("deepseek_v4", "ForCausalLM", index_topk=topk)
    plain = copy.deepcopy(model)
    ex = explained(model)
    assert ex.warnings == []
    np.testing.assert_allclose(ex.steps["log_probability"], log_probs(plain, IDS, FIRST), atol=1e-5)
    ours = ex.scores("saliency", target_function="log_prob", normalize=None)
    embedded: list[Any] = []

    def cut(_module: Any, _args: Any, output: torch.Tensor) -> torch.Tensor:
        embedded.append(output.detach().requires_grad_())
        return embedded[0] * 1

    plain.get_input_embeddings().register_forward_hook(cut)
    log_p = plain(torch.tensor([IDS[:-1]]), use_cache=False).logits[0].double().log_softmax(-1)
    for step, token in enumerate(IDS[FIRST:]):
        (gradient,) = torch.autograd.grad(log_p[FIRST - 1 + step][token], embedded, retain_graph=True)
        truth = gradient[0, : FIRST + step].norm(dim=-1)
        np.testing.assert_allclose(ours.iloc[step, : FIRST + step], truth, atol=1e-5 * float(truth.max()))


def test_positions_are_counted_as_the_model_counts_them() -> None:
    """RoBERTa counts from its padding token's id on."""
    model = causal("roberta", is_decoder=True, pad_token_id=1, num_hidden_layers=2)
    ex = aw.load(model, byte_tokenizer()).explain(IDS[:10], output=IDS[10:13])
    whole, step = IDS[:13], 2
    kept = [[int(i != j) for i in range(12)] for j in range(12)]
    truth = log_probs(model, whole, 12) - [log_probs(model, whole, 12, mask)[0] for mask in kept]
    np.testing.assert_allclose(ex.scores("leave_one_out").iloc[step], truth, atol=1e-5)
    shorter = [whole[:j] + whole[j + 1 :] for j in range(12)]
    truth = log_probs(model, whole, 12) - [log_probs(model, text, 11)[0] for text in shorter]
    np.testing.assert_allclose(ex.scores("leave_one_out_deleted").iloc[step], truth, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "shape"), [("xlnet", {"d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 48}), ("bert", {})]
)
def test_a_model_that_reads_later_tokens_is_refused(kind: str, shape: dict[str, Any]) -> None:
    model = aw.load(causal(kind, **shape), byte_tokenizer(), task="text-generation")
    with pytest.raises(aw.AttrWidgetError, match="reads the tokens that come after the one it predicts"):
        model.explain(IDS[:10], output=IDS[10:])


def test_a_model_that_is_random_is_refused() -> None:
    """As dropout that stays on in evaluation, for which nothing can be compared."""
    model = build("llama")
    model.model.layers[1].register_forward_hook(
        lambda _module, _args, output: torch.nn.functional.dropout(output, 0.2, training=True)
    )
    with pytest.raises(aw.AttrWidgetError, match="gives other numbers each time that it is run"):
        explained(model)


def test_no_trial_and_no_short_text_changes_how_a_long_one_is_read() -> None:
    """BigBird-Pegasus turns its sparse attention off for good at the first text too short for it."""
    config = CONFIG_MAPPING["bigbird_pegasus"](
        vocab_size=340,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=48,
        decoder_ffn_dim=40,
        max_position_embeddings=256,
        attention_type="block_sparse",
        block_size=4,
        num_random_blocks=1,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=2,
        decoder_start_token_id=0,
        forced_eos_token_id=None,
    )
    model = randomized(AutoModelForSeq2SeqLM.from_config(config))
    source, output = [3 + i for i in IDS], [20, 33, 41, 7, 55, 12]
    loaded = aw.load(model, ending_tokenizer())
    loaded.explain(source[:5], output=output)
    ex = loaded.explain(source, output=output)
    with torch.no_grad():
        logits = model(
            input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([[0, *output[:-1]]])
        ).logits[0]
    truth = logits.double().log_softmax(-1)[range(6), output]
    np.testing.assert_allclose(ex.steps["log_probability"], truth, atol=1e-6)
    assert model.model.encoder.attention_type == "block_sparse"
