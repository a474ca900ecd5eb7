"""The other methods on encoder–decoder models, against one plain forward pass per input and step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny_seq2seq import END, PAD, UNKNOWN, build_seq2seq, ending_tokenizer, words_of

import attrwidget as aw
from attrwidget.methods.shared.embeddings import baseline_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Without = Callable[[list[int], list[int], int], dict[str, torch.Tensor]]


SOURCE, ANSWER = words_of(6), words_of(5, seed=1)
METHODS = (
    "saliency",
    "input_x_gradient",
    "attention",
    "cross_attention",
    "leave_one_out",
    "leave_one_out_deleted",
    "integrated_gradients",
    "smoothgrad",
    "gim",
    "weighted_attention",
    "value_zeroing",
)
INPUTS = len(SOURCE) + len(ANSWER)


@pytest.fixture(scope="module", params=["bart", "m2m_100", "marian", "t5_gated"])
def case(request: Any) -> tuple[aw.Explanation, Any]:
    model = build_seq2seq(request.param)
    return aw.load(model, ending_tokenizer()).explain(SOURCE, output=ANSWER), model


def log_prob(model: Any, target: int, **given: torch.Tensor) -> float:
    with torch.no_grad():
        logits = model(**given, use_cache=False).logits[0, -1]
    return float(logits.double().log_softmax(-1)[target])


def naive(ex: aw.Explanation, model: Any, without: Without) -> np.ndarray[Any, Any]:
    """Score ``[steps, inputs]`` prefix by prefix and token by token; *without* gives what the model is called with."""
    rows = np.full((len(ANSWER), INPUTS), np.nan)
    start = ex.tokens.ids[len(SOURCE)]
    for step, token in enumerate(ANSWER):
        prefix = [start, *ANSWER[:step]]
        plain = {"input_ids": torch.tensor([SOURCE]), "decoder_input_ids": torch.tensor([prefix])}
        whole = log_prob(model, token, **plain)
        for j in range(len(SOURCE) + len(prefix)):
            given = without(SOURCE, prefix, j)
            if given["decoder_input_ids"].numel() and given.pop("alone", None) is None:
                rows[step, j] = whole - log_prob(model, token, **given)
    return rows


def masked(source: list[int], prefix: list[int], j: int) -> dict[str, torch.Tensor]:
    there = torch.ones(1, len(source) + len(prefix), dtype=torch.long)
    there[0, j] = 0
    return {
        "input_ids": torch.tensor([source]),
        "attention_mask": there[:, : len(source)],
        "decoder_input_ids": torch.tensor([prefix]),
        "decoder_attention_mask": there[:, len(source) :],
        # A decoder that may see nothing of the target looks at all of it, also at what is to come.
        **({"alone": there} if j == len(source) and len(prefix) == 1 else {}),
    }


def deleted(source: list[int], prefix: list[int], j: int) -> dict[str, torch.Tensor]:
    both = [*source, *prefix]
    kept = [token for i, token in enumerate(both) if i != j]
    n = len(source) - (j < len(source))
    return {
        "input_ids": torch.tensor([kept[:n]]),
        "decoder_input_ids": torch.tensor([kept[n:]], dtype=torch.long),
    }


def replaced(source: list[int], prefix: list[int], j: int) -> dict[str, torch.Tensor]:
    both = [*source, *prefix]
    both[j] = UNKNOWN
    n = len(source)
    return {"input_ids": torch.tensor([both[:n]]), "decoder_input_ids": torch.tensor([both[n:]])}


@pytest.mark.parametrize(
    ("method", "without"),
    [("leave_one_out", masked), ("leave_one_out_deleted", deleted), ("leave_one_out_replaced", replaced)],
)
def test_leave_one_out_equals_naive_passes(
    case: tuple[aw.Explanation, Any], method: str, without: Without
) -> None:
    ex, model = case
    truth, ours = naive(ex, model, without), ex.scores(method).to_numpy()
    np.testing.assert_allclose(ours, truth, rtol=0, atol=2e-5 * np.nanmax(np.abs(truth)))
    assert np.isfinite(ours[:, : len(SOURCE)]).all()


def test_value_zeroing_equals_values_zeroed_by_hand(case: tuple[aw.Explanation, Any]) -> None:
    ex, model = case
    scores = ex.scores("value_zeroing", normalize=None).to_numpy()
    encoder, decoder = model.get_encoder(), model.get_decoder()
    values = {"encoder": [], "self": [], "cross": []}
    for path, module in model.named_modules():
        if path.split(".")[-1] in ("v_proj", "v"):
            cross = "encoder_attn" in path or "EncDecAttention" in path
            values["cross" if cross else "encoder" if ".encoder." in f".{path}" else "self"].append(module)
    assert len(values["self"]) == len(values["cross"]) != len(values["encoder"]) > 0
    assert encoder is not decoder
    target = torch.tensor([ex.tokens.ids[len(SOURCE) : -1]])

    def hidden(j: int | None) -> torch.Tensor:
        seen: list[torch.Tensor] = []
        handles = [
            model.get_output_embeddings().register_forward_pre_hook(lambda _m, args: seen.append(args[0]))
        ]
        if j is not None:
            at = j if j < len(SOURCE) else j - len(SOURCE)

            def zero(_module: Any, _args: Any, out: torch.Tensor) -> torch.Tensor:
                out = out.clone()
                out[:, at] = 0
                return out

            sides = ("encoder", "cross") if j < len(SOURCE) else ("self",)
            handles += [m.register_forward_hook(zero) for side in sides for m in values[side]]
        with torch.no_grad():
            model(input_ids=torch.tensor([SOURCE]), decoder_input_ids=target, use_cache=False)
        for handle in handles:
            handle.remove()
        return seen[0][0].double()

    whole = hidden(None)
    for j in range(INPUTS):
        truth = 1 - torch.nn.functional.cosine_similarity(whole, hidden(j), dim=-1).numpy()
        sees = np.arange(len(ANSWER)) >= j - len(SOURCE)
        np.testing.assert_allclose(scores[sees, j], truth[sees], atol=2e-5)


def test_what_comes_later_changes_nothing(case: tuple[aw.Explanation, Any]) -> None:
    ex, model = case
    shorter = aw.load(model, ending_tokenizer()).explain(SOURCE, output=ANSWER[:3])
    for name in METHODS:
        whole, part = ex.reading.rows(name, range(3)), shorter.reading.rows(name, range(3))
        size = np.nanmax(np.abs(whole))
        np.testing.assert_allclose(whole[:, : part.shape[1]], part, rtol=0, atol=1e-4 * size, err_msg=name)


def test_methods_that_follow_one_stack_refuse(case: tuple[aw.Explanation, Any]) -> None:
    ex, _ = case
    offered = [info.name for info in ex.methods()]
    for name in ("rollout", "gradient_x_attention"):
        assert name not in offered
        with pytest.raises(aw.AttrWidgetError, match="has two"):
            ex.scores(name)
    assert {"saliency", "input_x_gradient", "attention", "cross_attention"} <= set(offered)


def test_weighted_attention(case: tuple[aw.Explanation, Any]) -> None:
    ex, model = case
    norms: dict[str, list[torch.Tensor]] = {"self": [], "cross": []}

    def keep(side: str, heads: int) -> Any:
        return lambda _m, _a, out: norms[side].append(out[0].unflatten(-1, (heads, -1)).norm(dim=-1).T)

    handles = []
    for path, module in model.get_decoder().named_modules():
        if path.split(".")[-1] in ("v_proj", "v"):
            side = "cross" if "encoder_attn" in path or "EncDecAttention" in path else "self"
            handles.append(module.register_forward_hook(keep(side, ex.reading.n_heads)))
    with torch.no_grad():
        target = torch.tensor([ex.tokens.ids[len(SOURCE) : -1]])
        model(input_ids=torch.tensor([SOURCE]), decoder_input_ids=target, use_cache=False)
    for handle in handles:
        handle.remove()
    lengths = [torch.cat(pair, dim=-1).numpy() for pair in zip(norms["cross"], norms["self"], strict=True)]
    weights = ex.reading.head_weights(range(ex.reading.n_steps))
    truth = (weights * np.stack(lengths)[None]).mean((1, 2))
    np.testing.assert_allclose(ex.scores("weighted_attention", normalize=None), truth, rtol=1e-4, atol=1e-6)


def test_evaluate(case: tuple[aw.Explanation, Any]) -> None:
    ex, _ = case
    result = aw.evaluate(ex, ["leave_one_out", "saliency"], steps=[1, 3], points=4)
    assert {"leave_one_out", "saliency", "random"} <= set(result.summary.index)
    assert np.isfinite(result.summary.loc["leave_one_out"].to_numpy(dtype=float)).all()
    step, gone = 3, [1, 4, 8]
    there = torch.ones(1, ex.trace.seen(step), dtype=torch.long)
    there[0, gone] = 0
    perturber = ex.trace.perturber("mask", step=step)
    (value,) = perturber.batch([tuple(gone)], lambda logits: logits.log_softmax(-1)[0, ANSWER[step]])
    n = len(SOURCE)
    truth = log_prob(
        case[1],
        ANSWER[step],
        input_ids=torch.tensor([SOURCE]),
        attention_mask=there[:, :n],
        decoder_input_ids=torch.tensor([[ex.tokens.ids[n], *ANSWER[:step]]]),
        decoder_attention_mask=there[:, n:],
    )
    assert float(value) == pytest.approx(truth, rel=1e-5)


def test_a_whole_source_left_out_scores_nothing() -> None:
    ex = aw.load(build_seq2seq("bart"), ending_tokenizer()).explain(SOURCE, output=ANSWER)
    for method in ("leave_one_out", "leave_one_out_deleted"):
        with pytest.warns(UserWarning, match="with one span gone"):
            rows = ex.scores(method, units=[(0, len(SOURCE)), (len(SOURCE), len(SOURCE) + 1)]).to_numpy()
        assert np.isnan(rows[:, : len(SOURCE)]).all()
        assert np.isnan(rows[0]).all()
        assert np.isfinite(rows[1:, len(SOURCE)]).all()


def test_foils_are_read_in_the_target() -> None:
    tokenizer = ending_tokenizer()
    model = build_seq2seq("bart")
    ex = aw.load(model, tokenizer).explain("The first", output="George Washington")
    scores = ex.scores("input_x_gradient", foil="America")
    america = tokenizer("America", add_special_tokens=False)["input_ids"][0]
    assert scores.attrs["foil"][0] == tokenizer.decode([america])
    ours = scores.to_numpy()[0]
    first = ex.scores("input_x_gradient", target_function="logit").to_numpy()[0]
    n = ex.trace.n_source
    other = (
        aw.load(model, tokenizer)
        .explain("The first", output=[america])
        .scores("input_x_gradient")
        .to_numpy()[0]
    )
    np.testing.assert_allclose(ours[: n + 1], first[: n + 1] - other[: n + 1], atol=1e-4)


def test_separate_tables_of_source_and_target() -> None:
    """Marian may have a vocabulary for each side: embeddings and baselines are each side's own."""
    model = build_seq2seq("marian", share_encoder_decoder_embeddings=False, tie_word_embeddings=False)
    tables = [part.get_input_embeddings() for part in (model.get_encoder(), model.get_decoder())]
    assert not torch.equal(tables[0].weight, tables[1].weight)
    ex = aw.load(model, ending_tokenizer()).explain(SOURCE, output=ANSWER)
    target = torch.tensor([PAD, *ANSWER[:-1]])
    truth = torch.cat([tables[0](torch.tensor(SOURCE)), tables[1](target)])
    torch.testing.assert_close(ex.trace.embeddings(), truth.detach())
    means = [table.weight.detach().mean(0).expand(n, -1) for table, n in zip(tables, (6, 5), strict=True)]
    torch.testing.assert_close(baseline_of(ex.trace, "mean"), torch.cat(means), rtol=0, atol=1e-6)
    pads = [table.weight.detach()[PAD].expand(n, -1) for table, n in zip(tables, (6, 5), strict=True)]
    torch.testing.assert_close(baseline_of(ex.trace, "pad"), torch.cat(pads))
    assert np.isfinite(ex.scores("integrated_gradients", points=2).to_numpy()[-1]).all()
    assert np.isfinite(ex.scores("smoothgrad").to_numpy()[-1]).all()
    assert END not in ex.tokens.ids
