"""Experts of each token equal those of ``output_router_logits``, with the weights of each router's own rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.exported import export
from helpers.tiny import byte_tokenizer
from helpers.tiny_seq2seq import SOURCE, ending_tokenizer
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, AutoModelForSeq2SeqLM

import attrwidget as aw
from attrwidget.export.experts import record_experts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SHAPE = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "num_experts_per_tok": 2,
}
_SIX = {**_SHAPE, "num_experts": 6, "moe_intermediate_size": 16}


def top(probabilities: torch.Tensor, k: int = 2) -> torch.Tensor:
    """Return *probabilities* ``[tokens, experts]`` with all but the *k* largest of each row set to 0."""
    best = probabilities.topk(k).indices
    return torch.zeros_like(probabilities).scatter(1, best, probabilities.gather(1, best))


def softmax_then_top(logits: torch.Tensor) -> torch.Tensor:
    """Shazeer et al. 2017 without noise: the chosen experts keep their probability among all."""
    return top(logits.softmax(-1))


def softmax_of_top(logits: torch.Tensor) -> torch.Tensor:
    """Mixtral, section 2.1: a softmax over the logits of the chosen experts."""
    chosen = softmax_then_top(logits)
    return chosen / chosen.sum(-1, keepdim=True)


def in_groups(logits: torch.Tensor) -> torch.Tensor:
    """DeepSeek-V3, section 2.1.2: experts of the two best of four groups, a group by its two best; scaled by 2.5."""
    scores = logits.sigmoid()
    groups = scores.view(len(scores), 4, -1)
    kept = torch.zeros(len(scores), 4).scatter(1, groups.topk(2).values.sum(-1).topk(2).indices, 1.0)
    chosen = top((groups * kept[..., None]).flatten(1))
    return 2.5 * chosen / chosen.sum(-1, keepdim=True)


RULES: dict[str, tuple[dict[str, Any], Callable[[torch.Tensor], torch.Tensor]]] = {
    "mixtral": ({**_SHAPE, "num_local_experts": 6}, softmax_of_top),
    "granitemoe": ({**_SHAPE, "num_local_experts": 6}, softmax_of_top),
    "gpt_oss": ({**_SHAPE, "num_local_experts": 6, "head_dim": 8}, softmax_of_top),
    "olmoe": (_SIX, softmax_then_top),
    "qwen2_moe": ({**_SIX, "shared_expert_intermediate_size": 16}, softmax_then_top),
    "qwen3_moe": ({**_SIX, "head_dim": 8, "mlp_only_layers": [0], "norm_topk_prob": True}, softmax_of_top),
    "deepseek_v3": (
        {
            **_SHAPE,
            "n_routed_experts": 8,
            "n_group": 4,
            "topk_group": 2,
            "moe_intermediate_size": 16,
            "first_k_dense_replace": 1,
            "q_lora_rank": 8,
            "kv_lora_rank": 8,
            "qk_rope_head_dim": 4,
            "qk_nope_head_dim": 4,
            "v_head_dim": 8,
        },
        in_groups,
    ),
}


def spread(model: Any) -> Any:
    """Draw every matrix anew, so wide that routers differ from token to token."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, 0.3, generator=generator)
    return model.eval()


def random_model(kind: str, shape: dict[str, Any], **ids: Any) -> Any:
    config = CONFIG_MAPPING[kind](
        **shape, vocab_size=330, bos_token_id=0, eos_token_id=None, pad_token_id=0, **ids
    )
    return spread(AutoModelForCausalLM.from_config(config))


@pytest.mark.parametrize("kind", RULES)
def test_experts_and_weights_are_those_of_the_router_logits(kind: str) -> None:
    shape, rule = RULES[kind]
    hf = random_model(kind, shape)
    ex = aw.load(hf, byte_tokenizer()).explain("The first president of America", output=" is George W")
    with torch.no_grad():
        logits = hf(torch.tensor([ex.tokens.ids[:-1]]), output_router_logits=True).router_logits
    sparse = [layer for layer in range(3) if not (kind in {"qwen3_moe", "deepseek_v3"} and layer == 0)]
    table = ex.experts()
    assert list(table.index.unique("layer")) == sparse
    expected = np.stack([rule(of_layer.float()).numpy() for of_layer in logits])
    np.testing.assert_allclose(table.to_numpy().reshape(expected.shape), expected, atol=1e-5)
    chosen = {tuple(row.nonzero()[0]) for row in table.to_numpy()}
    assert len(chosen) > 3, "tokens must differ for the comparison to mean something"
    one = ex.experts(sparse[-1])
    assert list(one.index) == ex.tokens.labels[: len(one)]
    np.testing.assert_array_equal(one.to_numpy(), table.loc[sparse[-1]].to_numpy())


def test_both_sides_of_an_encoder_decoder_have_their_own_tokens() -> None:
    config = CONFIG_MAPPING["switch_transformers"](
        vocab_size=340, d_model=32, d_kv=8, d_ff=48, num_heads=4, num_layers=2, num_decoder_layers=2,
        num_sparse_encoder_layers=1, num_sparse_decoder_layers=1, num_experts=4, expert_capacity=64,
        router_jitter_noise=0.0, decoder_start_token_id=0, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    hf = spread(AutoModelForSeq2SeqLM.from_config(config))
    ex = aw.load(hf, ending_tokenizer()).explain(SOURCE, output="George W")
    source = ex.reading.n_source
    target = torch.tensor([ex.tokens.ids[source:-1]])
    with torch.no_grad():
        out = hf(torch.tensor([ex.tokens.ids[:source]]), decoder_input_ids=target, output_router_logits=True)
    table = ex.experts()
    sides = {"encoder": out.encoder_router_logits, "decoder": out.decoder_router_logits}
    for name, rows in table.groupby("layer"):
        side, layer = str(name).split()
        values = rows.to_numpy()
        own, other = (values[:source], values[source:])[:: 1 if side == "encoder" else -1]
        of_side = [logits for logits in sides[side] if torch.is_tensor(logits) and logits.ndim > 1]
        assert np.isnan(other).all()
        logits = of_side[0 if len(of_side) == 1 else int(layer)]
        np.testing.assert_allclose(own, top(logits.flatten(0, -2).softmax(-1), 1).numpy(), atol=1e-5)


def test_the_model_is_left_as_it_was() -> None:
    hf = random_model("mixtral", RULES["mixtral"][0])
    ex = aw.load(hf, byte_tokenizer()).explain("The first president", output=" is")
    ex.experts()
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in hf.modules())


def test_what_has_no_experts_says_so() -> None:
    ex = aw.load("demo").explain("The capital of Japan is", max_new_tokens=1)
    with pytest.raises(aw.AttrWidgetError, match=r"has no layers with experts"):
        ex.experts()
    sparse = aw.load(random_model("mixtral", RULES["mixtral"][0]), byte_tokenizer()).explain(
        "The", output=" is"
    )
    with pytest.raises(aw.AttrWidgetError, match=r"no experts in a layer 7: take one of 0, 1, 2"):
        sparse.experts(7)


def test_experts_that_are_called_otherwise_are_refused(tmp_path: Path) -> None:
    shape = {
        **_SHAPE,
        "num_local_experts": 4,
        "num_experts_per_tok": 1,
        "head_dim": 8,
        "intermediate_size_mlp": 48,
    }
    ex = aw.load(random_model("llama4_text", shape), byte_tokenizer()).explain("The first", output=" is")
    with pytest.raises(
        aw.AttrWidgetError, match=r"experts of layer \d+ of .* do not take each token"
    ) as refused:
        ex.experts()
    # A page is made without them, and says why.
    assert record_experts(ex.reading) == ({}, {}, [str(refused.value)])
    assert str(refused.value) in export(ex, tmp_path / "why.html")[1]["left_out"]
