"""LIME, SHAP and Captum: exact truth on a linear model, seeds, stopping, and libraries that are absent."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import torch
from helpers.encoders import build as build_encoder
from helpers.encoders import word_tokenizer
from helpers.external_methods import FIRST, IDS, QUICK, STEPS, explained, scores
from helpers.linear import bag_of
from helpers.tiny import build, byte_tokenizer

import attrwidget as aw
from attrwidget.engine.perturb import Perturber
from attrwidget.methods import method as method_module

MASKED = ["captum:feature_ablation", "captum:shapley_value_sampling", "captum:kernel_shap", "shap"]


@pytest.fixture(scope="module")
def bag() -> aw.Explanation:
    return bag_of(IDS, FIRST)


@pytest.fixture(scope="module")
def model() -> Any:
    return build("llama")


@pytest.fixture(scope="module")
def ex(model: Any) -> aw.Explanation:
    return explained(model)


def brought(bag: aw.Explanation, base: int | None = None) -> Any:
    """Return what every token brings to every step, against the token *base* in its place."""
    model = bag.trace.model.hf
    embedded, weights = model.embed.weight.detach(), model.head.weight.detach()
    start = 0 if base is None else embedded[base]
    truth = ((embedded[IDS[:-1]] - start) @ weights[IDS[FIRST:]].T).T.numpy()
    truth[np.arange(len(IDS) - 1) >= FIRST + np.arange(STEPS)[:, None]] = np.nan
    return truth


@pytest.mark.parametrize(
    ("method", "options", "tolerance"),
    [
        ("span_regression", {"alpha": 1e-9, "units": "token"}, 1e-4),
        ("lime", {"samples": 500, "units": "token"}, 0.1),  # ridge regression shrinks a little
        ("shap", {}, 1e-4),
        ("captum:feature_ablation", {}, 1e-4),
        ("captum:shapley_value_sampling", {"samples": 3}, 1e-4),
        ("captum:kernel_shap", {"samples": 100}, 1e-3),
        ("captum:lime", {"samples": 100}, 0.3),  # LASSO with alpha of 0.01 shrinks more
        ("captum:integrated_gradients", {"baseline": "zero", "points": 3}, 1e-4),
        ("captum:gradient_shap", {"baseline": "zero", "samples": 2}, 1e-4),
    ],
)
def test_a_linear_model_has_one_answer(
    bag: aw.Explanation, method: str, options: dict[str, Any], tolerance: float
) -> None:
    truth = brought(bag)
    if not method.endswith("gradients") and "gradient" not in method:
        truth[:, 0] = np.nan
    ours = scores(bag, method, target_function="logit", **options)
    np.testing.assert_allclose(ours, truth, rtol=0, atol=tolerance * np.nanmax(np.abs(truth)))


def test_classifiers() -> None:
    """Words of a classifier's text; [CLS] and [SEP] always stay, and have no score."""
    model, tokenizer = build_encoder("bert", "ForSequenceClassification"), word_tokenizer()
    ex = aw.load(model, tokenizer).explain("the cat sat on the mat")
    ids = torch.tensor([ex.tokens.ids[: ex.reading.n_inputs]])
    special = np.array(ex.tokens.special[: ex.reading.n_inputs])

    def log_odds(mask: Any) -> Any:
        with torch.no_grad():
            logits = model(ids, attention_mask=torch.tensor(mask, dtype=torch.long)[None]).logits[0].double()
        return (logits.softmax(-1) / (1 - logits.softmax(-1))).log().numpy()

    whole, bare = log_odds(np.ones_like(special)), log_odds(special)
    for method in ("shap", "captum:kernel_shap"):
        ours = scores(ex, method, units="word")
        np.testing.assert_array_equal(np.isnan(ours.to_numpy()), np.tile(special, (ex.reading.n_steps, 1)))
        np.testing.assert_allclose(ours.attrs["base_values"], bare, atol=1e-3)
        np.testing.assert_allclose(np.nansum(ours.to_numpy(), axis=1), whole - bare, atol=1e-3)
        assert "special tokens always stay" in ours.attrs["note"]
    for method in ("lime", "span_regression", "captum:lime", "captum:feature_ablation"):
        assert np.isfinite(scores(ex, method).to_numpy()[:, ~special]).all()
    divergence = scores(ex, "leave_one_out", target_function="distribution").to_numpy()
    assert (divergence > -1e-6).all()
    np.testing.assert_allclose(divergence[0], divergence[1], rtol=1e-5)


def test_the_first_token_stays_where_no_special_token_begins(ex: aw.Explanation) -> None:
    ours = scores(ex, "lime", **QUICK["lime"])
    assert np.isnan(ours.to_numpy()[:, 0]).all()
    assert "the first token always stays" in ours.attrs["note"]


@pytest.mark.parametrize("method", QUICK)
def test_chance_goes_by_the_seed_alone(ex: aw.Explanation, model: Any, method: str) -> None:
    options = QUICK[method]
    torch.manual_seed(7)
    np.random.seed(7)  # noqa: NPY002
    expected = torch.rand(1), np.random.rand()  # noqa: NPY002
    torch.manual_seed(7)
    np.random.seed(7)  # noqa: NPY002
    one = scores(ex, method, **options)
    assert (torch.rand(1), np.random.rand()) == expected  # noqa: NPY002
    two = scores(explained(model), method, **options)
    np.testing.assert_allclose(one, two, rtol=0, atol=1e-4 * np.nanmax(np.abs(two)))
    if method != "shap":
        assert not np.allclose(one, scores(ex, method, seed=5, **options), rtol=1e-3, equal_nan=True)


@pytest.mark.parametrize("method", ["lime", "span_regression", "shap", "captum:kernel_shap"])
def test_later_tokens_change_nothing(model: Any, ex: aw.Explanation, method: str) -> None:
    longer = aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=[*IDS[FIRST:], 9, 8])
    ours = scores(longer, method, units="token", **QUICK[method]).to_numpy()[:STEPS, : ex.reading.n_inputs]
    np.testing.assert_allclose(ours, scores(ex, method, units="token", **QUICK[method]), rtol=0, atol=1e-4)


@pytest.mark.parametrize("method", [*MASKED, "lime", "captum:integrated_gradients"])
def test_stopping(model: Any, method: str) -> None:
    ex, before, seen = explained(model), set(threading.enumerate()), []

    def stop(done: int, _total: int) -> None:
        seen.append(done)
        if len(seen) == 2:
            raise aw.Cancelled

    with pytest.raises(aw.Cancelled):
        ex.scores(method, progress=stop)
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if type(thread).__name__ != "TMonitor"]  # a progress bar's
    assert not ex.reading.has_rows(method, range(STEPS))


@pytest.mark.parametrize("method", ["lime", "span_regression", "shap", "captum:kernel_shap"])
def test_stopped_work_is_gone_on_with(
    model: Any, ex: aw.Explanation, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page asks for other things meanwhile: what was run of a text is not run again."""
    truth, ran = scores(ex, method, **QUICK[method]), []
    batch = Perturber.batch

    def few(self: Perturber, groups: Any, read: Any) -> Any:
        ran.extend((self.ids.shape[1], group) for group in groups[:8])
        return batch(self, groups[:8], read)

    monkeypatch.setattr(Perturber, "batch", few)
    again, calls = explained(model), []

    def stop(_done: int, _total: int) -> None:
        calls.append(len(ran))
        if len(calls) == 3:
            raise aw.Cancelled

    with pytest.raises(aw.Cancelled):
        again.scores(method, progress=stop, normalize=None, **QUICK[method])
    assert ran
    np.testing.assert_allclose(scores(again, method, **QUICK[method]), truth, rtol=0, atol=1e-4)
    assert len(ran) <= len(set(ran)) + 8  # of the batch that was stopped


@pytest.mark.parametrize("name", ["lime", "shap", "captum:kernel_shap", "inseq:deeplift"])
def test_what_is_not_installed(ex: aw.Explanation, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    package = name.split(":", maxsplit=1)[0]
    assert name in [info.name for info in ex.methods()]
    monkeypatch.setattr(method_module, "find_spec", lambda _name: None)
    monkeypatch.setattr(method_module, "_installed", set())
    with pytest.raises(aw.AttrWidgetError, match=f"not installed: pip install {package}"):
        ex.scores(name)
    assert name not in [info.name for info in ex.methods()]
    assert f"the library {package}" in aw.list_methods().loc[name, "needs"]


@pytest.mark.parametrize(
    ("method", "options", "says"),
    [
        ("span_regression", {"samples": 0}, "samples is a whole number"),
        ("span_regression", {"keep": 1.0}, "keep is a number above 0 and below 1"),
        ("span_regression", {"alpha": -1}, "alpha is a number above 0, not -1"),
        ("lime", {"seed": -1}, "seed is a whole number"),
        ("shap", {"evaluations": "many"}, "evaluations is a whole number"),
        ("captum:kernel_shap", {"samples": 1.5}, "samples is a whole number"),
        ("captum:gradient_shap", {"noise": "loud"}, "noise is a number from 0"),
        ("captum:gradient_shap", {"baseline": "white"}, "no baseline 'white'"),
        ("inseq:gradient_shap", {"seed": 0.5}, "seed is a whole number"),
        ("inseq:deeplift", {"target_function": "distribution"}, "gradient is zero"),
        ("shap", {"layer": 1}, "no layers and heads"),
    ],
)
def test_what_cannot_be_asked(ex: aw.Explanation, method: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=says):
        ex.scores(method, **options)
