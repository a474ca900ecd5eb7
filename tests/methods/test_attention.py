"""Value norms, rollout, gradient × attention and value zeroing against each worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.methods.rollout import ROLLOUT

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST, STEPS = 6, 5
IDS = random_ids(FIRST + STEPS)
FAMILY = ("weighted_attention", "rollout", "gradient_x_attention", "value_zeroing")


def explained(model: Any, ids: list[int] = IDS) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(ids[:FIRST], output=ids[FIRST:])


def rows_of(matrix: Any) -> Any:
    """Return the rows that predict steps, NaN beyond what they see."""
    rows = np.array(matrix)[FIRST - 1 :].copy()
    rows[np.arange(len(IDS) - 1) >= FIRST + np.arange(STEPS)[:, None]] = np.nan
    return rows


@pytest.fixture(scope="module", params=["gpt2", "llama", "gemma2"])
def model(request: Any) -> Any:
    return build(request.param, attention="eager")


@pytest.fixture(scope="module")
def ex(model: Any) -> aw.Explanation:
    return explained(model)


@pytest.fixture(scope="module")
def weights(model: Any) -> Any:
    """[layers, heads, tokens, tokens] as the model returns them."""
    with torch.no_grad():
        layers = model(torch.tensor([IDS[:-1]]), output_attentions=True, use_cache=False).attentions
    return torch.cat(layers).numpy()


def value_norms(model: Any) -> Any:
    """[layers, heads, tokens]: what the value projections give, by hooks on them."""
    seen: list[torch.Tensor] = []
    handles = []
    heads, groups = 4, 1
    for name, module in model.named_modules():
        if name.endswith("v_proj"):
            groups = 2
            handles.append(module.register_forward_hook(lambda _m, _a, out: seen.append(out)))
        elif name.endswith("c_attn"):
            handles.append(module.register_forward_hook(lambda _m, _a, out: seen.append(out.chunk(3, -1)[2])))
    with torch.no_grad():
        model(torch.tensor([IDS[:-1]]), use_cache=False)
    for handle in handles:
        handle.remove()
    values = [v[0].view(v.shape[1], heads // groups, -1).norm(dim=-1).T for v in seen]
    return torch.stack(values).repeat_interleave(groups, dim=1).numpy()


def test_value_norms(ex: aw.Explanation, model: Any, weights: Any) -> None:
    weighted = weights * value_norms(model)[:, :, None, :]
    ours = ex.scores("weighted_attention", normalize=None)
    np.testing.assert_allclose(ours, rows_of(weighted.mean((0, 1))), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(ex.scores("weighted_attention").sum(axis=1), 1, rtol=1e-5)
    ours = ex.scores("weighted_attention", layer=1, head=[0, 3], head_rule="max", normalize=None)
    np.testing.assert_allclose(ours, rows_of(weighted[1, [0, 3]].max(0)), rtol=1e-4, atol=1e-6)


def test_rollout(ex: aw.Explanation, weights: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = np.eye(len(IDS) - 1)
    for layer in weights.mean(1):
        flow = (0.5 * layer + 0.5 * np.eye(len(flow))) @ flow
    np.testing.assert_allclose(ex.scores("rollout"), rows_of(flow), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(ex.scores("rollout").sum(axis=1), 1, rtol=1e-5)
    monkeypatch.setattr("attrwidget.methods.rollout._CHUNK_BYTES", 4 * 10 * 4 * 3)
    again = explained(ex.trace.model.own).scores("rollout")
    np.testing.assert_allclose(again, ex.scores("rollout"), rtol=1e-5)


@pytest.mark.parametrize("function", ["logit", "log_prob"])
def test_gradient_x_attention(ex: aw.Explanation, model: Any, function: str) -> None:
    """Chefer et al.'s relevance by retained attention weights, the whole matrix, prefix by prefix."""
    truth = np.full((STEPS, len(IDS) - 1), np.nan)
    for step in range(STEPS):
        ids = torch.tensor([IDS[: FIRST + step]])
        embedded = model.get_input_embeddings()(ids).detach().requires_grad_()
        out = model(inputs_embeds=embedded, output_attentions=True, use_cache=False)
        row = out.logits[0, -1].double()
        score = row[IDS[FIRST + step]] if function == "logit" else row.log_softmax(-1)[IDS[FIRST + step]]
        slopes = torch.autograd.grad(score, out.attentions)
        relevance = torch.eye(ids.shape[1])
        for weight, slope in zip(out.attentions, slopes, strict=True):
            relevance = relevance + (weight * slope)[0].detach().clamp_min(0).mean(0) @ relevance
        truth[step, : ids.shape[1]] = (relevance - torch.eye(ids.shape[1]))[-1]
    ours = ex.scores("gradient_x_attention", target_function=function, normalize=None)
    np.testing.assert_allclose(ours, truth, rtol=1e-3, atol=1e-4 * np.nanmax(truth))


def test_value_zeroing(ex: aw.Explanation, model: Any) -> None:
    """By hooks that zero one position of what the value projections give, prefix by prefix."""

    def last_hidden(ids: list[int], zeroed: int | None) -> torch.Tensor:
        def zero(_module: Any, _args: Any, out: torch.Tensor) -> torch.Tensor:
            out = out.clone()
            if zeroed is not None:
                width = out.shape[-1] // 3 if fused else out.shape[-1]
                out[:, zeroed, -width:] = 0
            return out

        fused = hasattr(model, "transformer")
        suffix = "c_attn" if fused else "v_proj"
        handles = [m.register_forward_hook(zero) for n, m in model.named_modules() if n.endswith(suffix)]
        with torch.no_grad():
            hidden = model(torch.tensor([ids]), output_hidden_states=True, use_cache=False).hidden_states[-1]
        for handle in handles:
            handle.remove()
        return hidden[0, -1].double()

    truth = np.full((STEPS, len(IDS) - 1), np.nan)
    for step in range(STEPS):
        ids = IDS[: FIRST + step]
        whole = last_hidden(ids, None)
        for j in range(len(ids)):
            cosine = torch.nn.functional.cosine_similarity(whole, last_hidden(ids, j), dim=0)
            truth[step, j] = 1 - cosine
    ours = ex.scores("value_zeroing", normalize=None)
    np.testing.assert_allclose(ours, truth, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("method", FAMILY)
def test_later_tokens_change_nothing(ex: aw.Explanation, method: str) -> None:
    other = explained(ex.trace.model.own, [*IDS[:-2], 7, 8]).scores(method, normalize=None).to_numpy()
    ours = ex.scores(method, normalize=None).to_numpy()
    np.testing.assert_allclose(other[: STEPS - 2], ours[: STEPS - 2], rtol=1e-3, atol=1e-6)


def test_only_attention_itself_has_a_picker(ex: aw.Explanation) -> None:
    infos = {method.name: method for method in ex.methods()}
    assert {*FAMILY} <= {*infos}
    assert [name for name, info in infos.items() if info.attention] == ["attention"]
    assert all(infos[name].shares for name in FAMILY)
    for method in ("rollout", "value_zeroing", "gradient_x_attention"):
        with pytest.raises(aw.AttrWidgetError, match="no layers and heads to pick"):
            ex.scores(method, layer=1)
    with pytest.raises(aw.AttrWidgetError, match="no layer 9"):
        ex.scores("weighted_attention", layer=9)
    with pytest.raises(aw.AttrWidgetError, match="target_function= has no meaning"):
        ex.scores("rollout", target_function="logit")


@pytest.mark.parametrize(
    ("name", "kept"),
    [("gptj", {"rollout"}), ("mamba", set()), ("mistral", {*FAMILY}), ("gpt_oss", {*FAMILY})],
)
def test_what_a_model_does_not_show_is_not_offered(name: str, kept: set[str]) -> None:
    ex = explained(build(name))
    assert {method.name for method in ex.methods()} & {*FAMILY} == kept
    for method in FAMILY:
        if method in kept:
            assert np.isfinite(ex.scores(method).iloc[-1]).all()
        else:
            with pytest.raises(aw.AttrWidgetError, match="attention"):
                ex.scores(method)


@pytest.mark.slow
def test_stopped_work_is_gone_on_with(model: Any) -> None:
    ex = explained(model)

    def stop(done: int, _total: int) -> None:
        if done:
            raise aw.Cancelled

    for method in ("value_zeroing", "gradient_x_attention"):
        with pytest.raises(aw.Cancelled):
            ex.reading.rows(method, range(STEPS), progress=stop)
        rows: Callable[..., Any] = ex.reading.rows
        np.testing.assert_allclose(
            rows(method, range(STEPS)),
            explained(model).reading.rows(method, range(STEPS)),
            rtol=1e-4,
            atol=1e-7,
        )


def test_a_rollout_that_gives_one_token_nearly_all_is_told(ex: aw.Explanation) -> None:
    note = ROLLOUT.note_on_rows
    assert note is not None
    rows = rows_of(np.full((len(IDS) - 1, len(IDS) - 1), 0.01))
    assert note(ex.trace, range(STEPS), rows) is None
    rows[:, 2] = 1
    assert f"{ex.tokens.labels[2]!r} takes over 80% of each row" in (note(ex.trace, range(STEPS), rows) or "")
    rows[1, 2] = 0.01
    assert note(ex.trace, range(STEPS), rows) is None
