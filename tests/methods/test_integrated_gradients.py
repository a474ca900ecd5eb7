"""Integrated gradients and SmoothGrad: completeness, equality with Captum, exact truth on a linear model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.linear import bag_of
from helpers.tiny import build, byte_tokenizer, plain_gradients, random_ids

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST, STEPS = 6, 20  # more steps than share a segment
IDS = random_ids(FIRST + STEPS)


def explained(model: Any, ids: list[int] = IDS, first: int = FIRST) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(ids[:first], output=ids[first:])


@pytest.fixture(scope="module")
def bag() -> aw.Explanation:
    return bag_of(IDS, FIRST)


@pytest.fixture(scope="module")
def llama() -> Any:
    return build("llama")


@pytest.fixture(scope="module")
def ex(llama: Any) -> aw.Explanation:
    return explained(llama)


def test_a_linear_model_has_one_answer(bag: aw.Explanation) -> None:
    """e · w is what every token brings: by gradient, on every way from zero, and when it is masked."""
    model = bag.trace.model.hf
    embedded, weights = model.embed.weight.detach(), model.head.weight.detach()
    brought = embedded[IDS[:-1]] @ weights[IDS[FIRST:]].T
    truth = brought.T.numpy()
    truth[np.arange(len(IDS) - 1) >= FIRST + np.arange(STEPS)[:, None]] = np.nan
    for method, options in {
        "input_x_gradient": {},
        "integrated_gradients": {"baseline": "zero", "points": 3},
        "leave_one_out": {"target_function": "logit"},
    }.items():
        scores = bag.scores(method, **options).to_numpy()
        np.testing.assert_allclose(scores, truth, rtol=1e-4, atol=1e-5, err_msg=method)
    slope = np.linalg.norm(weights[IDS[FIRST:]], axis=1, keepdims=True)
    smooth = bag.scores("smoothgrad", target_function="logit", normalize=None).to_numpy()
    np.testing.assert_allclose(smooth, np.where(np.isnan(truth), np.nan, slope), rtol=1e-5)


def test_a_linear_model_against_any_baseline(bag: aw.Explanation) -> None:
    model = bag.trace.model.hf
    kept = model.embed.weight.mean(0).repeat(len(IDS) - 1, 1).detach()
    kept[0] = model.embed.weight[IDS[0]].detach()
    for baseline, at in {
        "mean": model.embed.weight.mean(0),
        "mean_keep_first": kept,
        "pad": model.embed.weight[0],
        "own": torch.full((16,), 0.5),
    }.items():
        brought = (model.embed.weight[IDS[:-1]] - at).detach() @ model.head.weight[IDS[-1]].detach()
        given = at.numpy() if baseline == "own" else baseline
        scores = bag.scores("integrated_gradients", baseline=given, points=2)
        np.testing.assert_allclose(scores.to_numpy()[-1], brought, rtol=1e-4, atol=1e-5, err_msg=baseline)


@pytest.mark.parametrize("name", ["gpt2", "llama", "gemma2", "mamba"])
def test_equal_to_captum(name: str) -> None:
    from captum.attr import IntegratedGradients

    model, step = build(name), 4
    ex = explained(model)
    tokens, target = torch.tensor([IDS[: FIRST + step]]), IDS[FIRST + step]
    embedded = model.get_input_embeddings()(tokens).detach()
    baseline = 0.1 * torch.randn(embedded.shape[-1], generator=torch.Generator().manual_seed(1))

    def logits(inputs: torch.Tensor) -> torch.Tensor:
        return model(inputs_embeds=inputs, use_cache=False).logits[:, -1]

    theirs = IntegratedGradients(logits).attribute(
        embedded, baselines=baseline.expand_as(embedded), target=target, n_steps=20, internal_batch_size=20
    )
    ours = ex.scores("integrated_gradients", baseline=baseline, points=20).to_numpy()[step]
    truth = theirs[0].sum(-1).detach().numpy()
    np.testing.assert_allclose(ours[: FIRST + step], truth, rtol=0, atol=1e-5 * np.abs(truth).max() + 1e-6)


@pytest.mark.slow
def test_points_are_doubled_until_rows_change_no_more(monkeypatch: Any) -> None:
    monkeypatch.setattr("attrwidget.methods.integrated_gradients._DOUBLED", (10, 20, 40, 80))
    ex = explained(build("gpt2", scale=0.05), IDS[: FIRST + 2])
    found = ex.scores("integrated_gradients").to_numpy()
    truth = ex.scores("integrated_gradients", points=200).to_numpy()
    assert np.nansum(np.abs(found - truth)) < 0.05 * np.nansum(np.abs(truth))
    assert "Not converged" not in ex.reading.note("integrated_gradients", [0])


def test_what_did_not_converge_is_a_warning_and_sinks(llama: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("attrwidget.methods.integrated_gradients._DOUBLED", (1, 2))
    ex = explained(llama, IDS[: FIRST + 2])
    before = [method.name for method in ex.reading.methods()]
    scores = ex.scores("integrated_gradients")
    once, twice = (ex.scores("integrated_gradients", points=n).to_numpy() for n in (1, 2))
    np.testing.assert_allclose(scores, twice)
    moved = np.nansum(np.abs(twice - once), axis=1) / np.nansum(np.abs(twice), axis=1)
    assert moved.max() > 0.05
    assert scores.attrs["note"].startswith("Not converged: from 1 to 2 points the scores still change by ")
    assert f"{100 * moved.max():.1f} %" in scores.attrs["note"]
    after = [method.name for method in ex.reading.methods()]
    assert after == [name for name in before if name != "integrated_gradients"] + ["integrated_gradients"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kept"), [("gpt2", {}), ("llama", {}), ("llama", {"baseline": "mean"})], ids=str
)
def test_rows_add_up_to_the_change(name: str, kept: dict[str, Any]) -> None:
    """The residual falls as points are added, and the note tells what it is; by default the first input is kept."""
    model = build(name, scale=0.05)
    ex = explained(model)
    embedded = model.get_input_embeddings()(torch.tensor([IDS[:-1]])).detach()
    mean = model.get_input_embeddings().weight.mean(0).expand_as(embedded).clone()
    if not kept:
        mean[:, 0] = embedded[:, 0]
    residuals = []
    for points in (2, 40):
        scores = ex.scores("integrated_gradients", points=points, **kept)
        assert ("the first input stays as it is" in scores.attrs["note"]) == (not kept)
        assert (scores[scores.columns[0]] == 0).all() == (not kept)
        total = scores.sum(axis=1).to_numpy()
        with torch.no_grad():
            ends = [model(inputs_embeds=e, use_cache=False).logits[0, FIRST - 1 :] for e in (embedded, mean)]
        change = (ends[0] - ends[1])[range(STEPS), IDS[FIRST:]].numpy()
        residuals.append(np.abs(total - change).sum() / np.abs(change).sum())
        shown = scores.attrs["note"].split("completeness residual ")[1]
        expected = "under 0.1 %" if residuals[-1] < 5e-4 else f"{100 * residuals[-1]:.1f} %"
        assert shown == f"{expected} of the change of the score from the baseline"
    assert residuals[1] < 5e-3
    assert residuals[1] < residuals[0]


@pytest.mark.slow
def test_the_note_is_of_the_steps_asked_for(llama: Any) -> None:
    ex = explained(llama)
    assert ex.reading.note("integrated_gradients", [3]) is None
    ex.reading.rows("integrated_gradients", [3])
    assert "completeness residual " in ex.reading.note("integrated_gradients", [3])
    assert ex.reading.note("integrated_gradients", [2]) is None
    assert ex.reading.note("saliency", [3]) is None
    padded = ex.scores("integrated_gradients", baseline="pad", points=2)
    assert padded.attrs["note"].startswith("baseline the pad token '<|endoftext|>'; completeness residual ")


def test_smoothgrad_without_noise_is_saliency(ex: aw.Explanation) -> None:
    ours = ex.scores("smoothgrad", noise=0, samples=2, normalize=None)
    np.testing.assert_allclose(ours, ex.scores("saliency", normalize=None), rtol=1e-4, atol=1e-6)


def test_smoothgrad_averages_gradients_at_noisy_inputs(llama: Any, ex: aw.Explanation) -> None:
    weight = llama.get_input_embeddings().weight.detach()
    deviation = 0.3 * float(weight.double().std(correction=0))
    gradients = []
    for sample in range(3):
        rows = np.stack(
            [np.random.default_rng([7, sample, i]).standard_normal(32) for i in range(len(IDS) - 1)]
        )
        embedded = (weight[IDS[:-1]] + deviation * torch.tensor(rows, dtype=torch.float32))[None]
        leaf = embedded[:, : FIRST + 2].clone().requires_grad_()
        logits = llama(inputs_embeds=leaf, use_cache=False).logits[0, -1]
        gradients.append(torch.autograd.grad(logits[IDS[FIRST + 2]], leaf)[0][0])
    truth = torch.stack(gradients).mean(0).norm(dim=-1)
    ours = ex.scores(
        "smoothgrad", noise=0.3, samples=3, seed=7, target_function="logit", normalize=None
    ).to_numpy()
    np.testing.assert_allclose(ours[2, : FIRST + 2], truth, rtol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["integrated_gradients", "smoothgrad"])
def test_later_tokens_change_nothing(llama: Any, ex: aw.Explanation, method: str) -> None:
    other = explained(llama, [*IDS[:-5], 3, 4]).scores(method).to_numpy()
    ours = ex.scores(method).to_numpy()[: STEPS - 5, : len(IDS) - 4]
    np.testing.assert_allclose(
        other[: STEPS - 5, : ours.shape[1]], ours[:, : other.shape[1]], rtol=1e-3, atol=1e-5
    )


@pytest.mark.slow
@pytest.mark.parametrize("method", ["integrated_gradients", "smoothgrad"])
def test_stopped_work_keeps_what_is_finished(llama: Any, method: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("attrwidget.methods.shared.several_inputs._GROUP", 16)
    ex, seen = explained(llama), []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if total and done > total * 0.9:
            raise aw.Cancelled

    with pytest.raises(aw.Cancelled):
        ex.reading.rows(method, range(STEPS), progress=stop)
    assert ex.reading.has_rows(method, range(16))
    assert not ex.reading.has_rows(method, [17])
    rows = ex.reading.rows(method, range(STEPS), progress=lambda *_: None)
    np.testing.assert_allclose(
        rows, explained(llama).reading.rows(method, range(STEPS)), rtol=1e-3, atol=1e-5
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"baseline": "ones"}, "no baseline 'ones'"),
        ({"baseline": "mask"}, "no mask token"),
        ({"baseline": np.zeros((2, 3))}, "not \\(2, 3\\)"),
        ({"baseline": object()}, "A baseline is one of"),
        ({"points": 0}, "points is a whole number"),
        ({"points": 2.5}, "points is a whole number"),
        ({"n_steps": 3}, "has no option n_steps=: it has baseline=, points="),
    ],
)
def test_what_cannot_be_asked(ex: aw.Explanation, options: dict[str, Any], says: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=says):
        ex.scores("integrated_gradients", **options)


def test_identical_tokens_score_alike_where_order_does_not_count(bag: aw.Explanation) -> None:
    ex = explained(bag.trace.model.hf, [5, 9, 7, 9, *IDS[:4]], 5)
    for method in ("integrated_gradients", "smoothgrad", "leave_one_out", "input_x_gradient"):
        scores = ex.scores(method).to_numpy()
        np.testing.assert_allclose(scores[:, 1], scores[:, 3], rtol=1e-4)
        assert np.abs(scores[:, 1] - scores[:, 2]).max() > 1e-3 or method == "smoothgrad"


def test_gradients_of_embeddings_that_were_placed(llama: Any, ex: aw.Explanation) -> None:
    """The engine's segments put each stretch of tokens where it belongs."""
    half = ex.trace.new_graph(replace_embeddings=lambda _, embeddings: embeddings / 2)
    plain = build("llama")
    with torch.no_grad():
        plain.get_input_embeddings().weight /= 2
        plain.get_output_embeddings().weight.copy_(llama.get_output_embeddings().weight)
    truth, _ = plain_gradients(plain, IDS, FIRST, "logit")
    from attrwidget.methods import Target

    target: Callable[..., Any] = Target("logit", tuple(IDS[FIRST:]))
    for steps, gradients, scales, embeddings in half.gradients(range(STEPS), target):
        for step, gradient, scale in zip(steps, gradients, scales, strict=True):
            ours, expected = gradient * scale, truth[step, : len(gradient)]
            np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-4 * expected.abs().max())
        np.testing.assert_allclose(
            embeddings, plain.get_input_embeddings().weight[IDS[: len(embeddings)]].detach()
        )
