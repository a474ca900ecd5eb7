"""GIM against a Llama and a GPT-2 written out with the modified backward passes, and what it leaves as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer, random_ids
from transformers.activations import ACT2FN
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

import attrwidget as aw
from attrwidget.engine.gradients.gim import modified_gradients
from attrwidget.hf.attention_interface import observed_attention
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.results.live import LiveReading

FIRST, STEPS = 6, 20
IDS = random_ids(FIRST + STEPS)


class Softmax(torch.autograd.Function):
    """Softmax forward; backward the Jacobian at temperature 2."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x.softmax(-1)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors
        soft = (x / 2).softmax(-1)
        return soft * (gradients[0] - (gradients[0] * soft).sum(-1, keepdim=True))


class Share(torch.autograd.Function):
    """The tensor forward; backward a share of the gradient."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, share: float) -> torch.Tensor:
        ctx.share = share
        return x.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        return ctx.share * gradients[0], None


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Causal attention over [heads, n, d] with GIM's shares."""
    n = q.shape[1]
    scores = Share.apply(q, 0.25) @ Share.apply(k, 0.25).transpose(1, 2) / q.shape[-1] ** 0.5
    scores = scores.masked_fill(torch.ones(n, n, dtype=torch.bool).triu(1), -1e30)
    return (Softmax.apply(scores) @ Share.apply(v, 0.5)).transpose(0, 1).reshape(n, -1)


def llama(model: Any, x: torch.Tensor) -> torch.Tensor:
    body, n = model.model, x.shape[0]
    cos, sin = body.rotary_emb(x[None], torch.arange(n)[None])

    def norm(module: Any, x: torch.Tensor) -> torch.Tensor:
        return x / (x.pow(2).mean(-1, keepdim=True) + module.variance_epsilon).sqrt().detach() * module.weight

    def heads(x: torch.Tensor) -> torch.Tensor:
        return x.view(n, -1, 8).transpose(0, 1)

    for layer in body.layers:
        attention, mlp = layer.self_attn, layer.mlp
        y = norm(layer.input_layernorm, x)
        q, k = apply_rotary_pos_emb(
            heads(attention.q_proj(y))[None], heads(attention.k_proj(y))[None], cos, sin
        )
        k, v = (t.repeat_interleave(2, 0) for t in (k[0], heads(attention.v_proj(y))))
        x = x + attention.o_proj(attend(q[0], k, v))
        y = norm(layer.post_attention_layernorm, x)
        gate, up = Share.apply(mlp.act_fn(mlp.gate_proj(y)), 0.5), Share.apply(mlp.up_proj(y), 0.5)
        x = x + mlp.down_proj(gate * up)
    return model.lm_head(norm(body.norm, x))


def gpt2(model: Any, x: torch.Tensor) -> torch.Tensor:
    body, n = model.transformer, x.shape[0]
    x = x + body.wpe.weight[:n]

    def norm(module: Any, x: torch.Tensor) -> torch.Tensor:
        centred = x - x.mean(-1, keepdim=True)
        deviation = (centred.pow(2).mean(-1, keepdim=True) + module.eps).sqrt().detach()
        return centred / deviation * module.weight + module.bias

    for layer in body.h:
        q, k, v = (
            t.view(n, 4, -1).transpose(0, 1) for t in layer.attn.c_attn(norm(layer.ln_1, x)).chunk(3, -1)
        )
        x = x + layer.attn.c_proj(attend(q, k, v))
        x = x + layer.mlp.c_proj(layer.mlp.act(layer.mlp.c_fc(norm(layer.ln_2, x))))
    return model.lm_head(norm(body.ln_f, x))


def explained(model: Any, ids: list[int] = IDS) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(ids[:FIRST], output=ids[FIRST:])


@pytest.mark.parametrize(("name", "written_out"), [("llama", llama), ("gpt2", gpt2)])
@pytest.mark.parametrize("function", ["logit", "log_prob"])
def test_equal_to_a_model_written_out(name: str, written_out: Any, function: str) -> None:
    model = build(name)
    embedded = model.get_input_embeddings().weight[IDS[:-1]].detach()
    with torch.no_grad():
        own = model(torch.tensor([IDS[:-1]]), use_cache=False).logits[0]
    torch.testing.assert_close(written_out(model, embedded), own, rtol=1e-4, atol=1e-4)
    ours = explained(model).scores("gim", target_function=function).to_numpy()
    for step in (0, 3, STEPS - 1):
        leaf = embedded[: FIRST + step].clone().requires_grad_()
        row = written_out(model, leaf)[-1].double()
        score = row[IDS[FIRST + step]] if function == "logit" else row.log_softmax(-1)[IDS[FIRST + step]]
        (gradient,) = torch.autograd.grad(score, leaf)
        truth = (gradient * leaf.detach()).sum(-1)
        np.testing.assert_allclose(
            ours[step, : FIRST + step], truth, rtol=0, atol=1e-4 * float(truth.abs().max())
        )


@pytest.mark.parametrize(
    "name", ["llama", "gpt2", "gemma2", "gemma3", "qwen3", "phi", "cohere", "gpt_oss", "mixtral", "opt"]
)
def test_what_the_model_says_is_unchanged(name: str) -> None:
    ex = explained(build(name))
    hf, ids = ex.trace.model.hf, torch.tensor([IDS[:-1]])
    with torch.no_grad(), exclusive_use(hf, "eager"):
        own = hf(ids, use_cache=False).logits
    with torch.no_grad(), exclusive_use(hf, observed_attention(hf, "eager")), modified_gradients(hf):
        torch.testing.assert_close(hf(ids, use_cache=False).logits, own, rtol=1e-4, atol=1e-4)
    gim, plain = ex.scores("gim").to_numpy(), ex.scores("input_x_gradient").to_numpy()
    assert np.isfinite(gim[-1]).all()
    assert np.nanmax(np.abs(gim - plain)) > 1e-2 * np.nanmax(np.abs(plain))


def test_nothing_stays_modified() -> None:
    ex = explained(build("llama"))
    before = ex.scores("input_x_gradient", target_function="probability")
    hf = ex.trace.model.hf
    ex.scores("gim")
    with pytest.raises(RuntimeError, match="stopped"), modified_gradients(hf):
        raise RuntimeError("stopped")
    assert not any(module._forward_pre_hooks for module in hf.modules())
    again = aw.Explanation(LiveReading(ex.trace))
    ex.trace.drop_graph()
    np.testing.assert_array_equal(again.scores("input_x_gradient", target_function="probability"), before)


def test_later_tokens_change_nothing() -> None:
    model = build("llama")
    one, other = (explained(model, i).scores("gim").to_numpy() for i in (IDS, [*IDS[:-4], 1, 2, 3, 4]))
    np.testing.assert_allclose(other[: STEPS - 4], one[: STEPS - 4], rtol=1e-3, atol=1e-4)


def test_models_that_keep_their_attention_to_themselves() -> None:
    ex = explained(build("gptj"))
    assert "gim" not in [method.name for method in ex.methods()]
    with pytest.raises(aw.AttrWidgetError, match="GIM needs"):
        ex.scores("gim")


def test_a_root_inside_an_activation_is_no_statistic_of_a_norm() -> None:
    """DeepSeek-V4 scores its experts by the root of a softplus."""
    source = torch.linspace(-2, 2, 5, requires_grad=True)
    activation = ACT2FN["sqrtsoftplus"]
    with modified_gradients(activation):
        activation(source).sum().backward()
    slope = torch.sigmoid(source) / (2 * torch.nn.functional.softplus(source).sqrt())
    torch.testing.assert_close(source.grad, slope.detach())
