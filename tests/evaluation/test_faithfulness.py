"""Faithfulness: the numbers by plain forward passes, what may be taken away, the random band, and stopping."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer

import attrwidget as aw
from attrwidget.engine import perturb
from attrwidget.evaluation.curves import counts_along, counts_in_bins
from attrwidget.evaluation.ranking import ranked
from attrwidget.methods import get
from attrwidget.results.masked_runs import removable

METRICS = ["comprehensiveness", "sufficiency", "deletion", "insertion", "abpc"]


@pytest.fixture(scope="module")
def model() -> Any:
    return aw.load(build("llama"), byte_tokenizer(begin=True))


@pytest.fixture
def ex(model: Any) -> Any:
    return model.explain(PROMPT, output=ANSWER)


def silent(_done: int, _total: int) -> None:
    pass


def plain(ex: Any, step: int, gone: Any) -> float:
    """Return the log-probability of a step's token by one plain call of the model."""
    ids = torch.tensor([ex.tokens.ids[: ex.reading.first_step + step]])
    mask = torch.ones_like(ids)
    mask[0, list(gone)] = 0
    positions = torch.arange(ids.shape[1])[None]
    with torch.no_grad():
        logits = ex.trace.model.own(ids, attention_mask=mask, position_ids=positions).logits[0, -1]
    return float(logits.double().log_softmax(-1)[ex.tokens.ids[ex.reading.first_step + step]])


def own_scores(ex: Any) -> Any:
    return np.random.default_rng(3).normal(size=(ex.reading.n_steps, ex.reading.n_inputs))


def test_numbers_are_those_of_plain_forward_passes(ex: Any) -> None:
    scores, step = own_scores(ex), 1
    found = aw.evaluate(ex, {"mine": scores}, steps=[step], points=3, bins=[0.2, 0.5], progress=silent)
    one = found.judged["mine", step]
    places = range(1, ex.reading.first_step + step)
    order = sorted(places, key=lambda at: -scores[step, at])
    n = len(order)
    along = [0, round(n / 3), round(2 * n / 3), n]
    deletion = [plain(ex, step, order[:k]) for k in along]
    insertion = [plain(ex, step, order[k:]) for k in along]
    assert one.deletion == pytest.approx(deletion, abs=1e-5)
    assert one.insertion == pytest.approx(insertion, abs=1e-5)
    top = [math.ceil(0.2 * n), math.ceil(0.5 * n)]
    whole = plain(ex, step, [])
    comprehensiveness = np.mean([whole - plain(ex, step, order[:k]) for k in top])
    sufficiency = np.mean([whole - plain(ex, step, order[k:]) for k in top])
    width = np.diff(along) / n
    areas = [float(np.sum(width * (np.array(y)[1:] + np.array(y)[:-1]) / 2)) for y in (deletion, insertion)]
    expected = [comprehensiveness, sufficiency, *areas, areas[1] - areas[0]]
    assert found.by_step.loc[("mine", step), METRICS].tolist() == pytest.approx(expected, abs=1e-5)
    assert found.summary.loc["mine"].tolist() == pytest.approx(expected, abs=1e-5)


def test_probability_is_that_of_the_whole_text(ex: Any) -> None:
    found = aw.evaluate(ex, ["saliency"], steps=range(5), target_function="probability", progress=silent)
    for step in range(ex.reading.n_steps):
        one = found.judged["saliency", step]
        assert one.deletion[0] == pytest.approx(ex.steps.probability[step], rel=1e-4)
        assert one.insertion[-1] == one.deletion[0]
        assert one.deletion[-1] == one.insertion[0]


def test_opposite_scores_have_opposite_areas(ex: Any) -> None:
    scores = own_scores(ex)
    # With a point for each input, taking the least first is putting back the most relevant first, read backwards.
    found = aw.evaluate(ex, {"one": scores, "other": -scores}, points=1000, progress=silent)
    assert found.summary.abpc["one"] == pytest.approx(-found.summary.abpc["other"])
    assert found.agreement.loc[("one", "other"), "kendall_tau"] == pytest.approx(-1)


def test_what_stays_is_never_masked(ex: Any, monkeypatch: Any) -> None:
    seen = []

    def spy(model: Any, ids: Any, mask: Any, *args: Any, at: Any = None, **options: Any) -> Any:
        seen.append(
            (ids.clone(), mask.clone(), torch.arange(ids.shape[1]).expand_as(ids) if at is None else at)
        )
        return run(model, ids, mask, *args, at=at, **options)

    run = perturb.masked_logits
    monkeypatch.setattr(perturb, "masked_logits", spy)
    aw.evaluate(ex, ["saliency"], keep=[4], progress=silent)
    assert ex.tokens.special[0]
    gone = set()
    for ids, mask, at in seen:
        assert (ids == torch.tensor(ex.tokens.ids)[at]).all()
        for row, kept in zip(at, mask.bool(), strict=True):
            gone |= set(range(int(row.max()) + 1)) - set(row[kept].tolist())
    assert gone == set(range(1, ex.reading.n_inputs)) - {4}


def test_special_tokens_and_the_first_stay(ex: Any) -> None:
    ex.tokens.special[3] = True
    assert removable(ex.reading, 1).tolist() == [i for i in range(1, ex.reading.first_step + 1) if i != 3]
    assert removable(ex.reading, 0, {1, 2}).tolist() == list(range(4, ex.reading.first_step))


def test_order_of_values() -> None:
    luck = np.array([3, 2, 1, 0, 4])
    assert ranked(np.array([-9.0, 0, 5, 0, np.nan]), luck).tolist() == [2, 3, 1, 0, 4]


def test_counts() -> None:
    assert counts_along(7, 10) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert counts_along(100, 4) == [0, 25, 50, 75, 100]
    assert counts_in_bins(10, [0.01, 0.05, 0.1, 0.2, 0.5]) == [1, 1, 1, 2, 5]
    assert counts_in_bins(30, [0.1, 0.7, 1]) == [3, 21, 30]


def test_random_band(ex: Any, model: Any) -> None:
    found = aw.evaluate(ex, ["saliency"], steps=[0, 2, 4], random=6, seed=4, progress=silent)
    again = aw.evaluate(
        model.explain(PROMPT, output=ANSWER), ["rollout"], steps=[0, 2, 4], random=6, seed=4, progress=silent
    )
    other = aw.evaluate(ex, ["saliency"], steps=[0, 2, 4], random=6, seed=5, progress=silent)
    band = ["random", "random least", "random greatest"]
    assert np.allclose(found.summary.loc[band], again.summary.loc[band], atol=1e-4)
    assert not np.allclose(found.summary.loc["random"], other.summary.loc["random"], atol=1e-4)
    drawn = found.by_step.loc[[f"random {i}" for i in range(6)]].groupby("method").mean()
    assert found.summary.loc["random least"].tolist() == pytest.approx(drawn.min().tolist())
    curves = found.curves["deletion"]
    assert (curves["random least"] <= curves["random"] + 1e-9).all()
    assert (curves["random"] <= curves["random greatest"] + 1e-9).all()
    assert (curves["random least"] < curves["random greatest"] - 0.1).any()
    assert found.curves_of(2).shape == (21, 8)


def test_planted_truth_leaves_the_band() -> None:
    from planted.measure import explained

    (one, ex), *_ = explained("S", 1)
    truth = np.zeros((ex.reading.n_steps, ex.reading.n_inputs))
    truth[0, list(one.deciding[0])] = 1
    found = aw.evaluate(ex, {"truth": truth, "wrong": -truth}, target_function="probability", progress=silent)
    summary = found.summary
    assert summary.comprehensiveness["truth"] > 0.5 > abs(summary.sufficiency["truth"])
    assert summary.abpc["truth"] > summary.abpc["random greatest"]
    assert summary.abpc["wrong"] < summary.abpc["random"]
    assert summary.comprehensiveness["wrong"] < 0.5


def test_stopping_keeps_what_was_measured(ex: Any) -> None:
    totals: list[int] = []

    def stop(done: int, total: int) -> None:
        totals.append(total)
        if totals[-1] > 50 and done > 40:
            raise aw.Cancelled

    with pytest.raises(aw.Cancelled):
        aw.evaluate(ex, {"mine": own_scores(ex)}, progress=stop)
    left: list[tuple[int, int]] = []
    aw.evaluate(ex, {"mine": own_scores(ex)}, progress=lambda *at: left.append(at))
    assert 0 < left[-1][1] <= totals[-1] - 40
    assert left[-1][0] == left[-1][1]
    left.clear()
    aw.evaluate(
        ex, {"mine": own_scores(ex)}, target_function="probability", progress=lambda *at: left.append(at)
    )
    assert left == [(0, 0)]


@pytest.mark.slow
def test_all_methods_and_their_table(ex: Any) -> None:
    known = [info.name for info in ex.methods() if get(info.name).package is None]
    found = aw.evaluate(ex, steps=[0], everything=True, points=2, progress=silent)
    assert found.methods == [name for name in known if not any(name in note for note in found.notes)]
    assert {"saliency", "leave_one_out", "attention"} <= set(found.methods)
    text = repr(found)
    assert "mean of 1 step, 5 random orders" in text
    for name in [*found.methods, "random greatest", "Kendall"]:
        assert name in text


def test_mistakes(ex: Any, tmp_path: Any) -> None:
    saved = aw.open(ex.save(tmp_path / "ex.attrwidget"))
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        (saved, {}, "has no model to run again"),
        (ex, {"methods": ["magic"]}, "There is no method 'magic': take one of leave_one_out"),
        (ex, {"methods": []}, "There is no method to evaluate"),
        (ex, {"methods": {"mine": [[1.0]]}}, "of shape [1, 1]"),
        (ex, {"methods": {"random": own_scores(ex)}}, "take another name"),
        (ex, {"steps": [99]}, "There is no step 99"),
        (ex, {"steps": []}, "There is no step to evaluate"),
        (ex, {"keep": [-1]}, "There is no input -1: inputs are indexed from 0"),
        (ex, {"keep": range(1, ex.reading.n_inputs)}, "No input of these steps may be taken away"),
        (ex, {"bins": [20]}, "bins must be shares"),
        (ex, {"random": 3}, "random must be a whole number of at least 5"),
        (ex, {"target_function": "logit"}, "'log_prob' or 'probability', not 'logit'"),
    ]
    for given, options, message in wrong:
        with pytest.raises(aw.AttrWidgetError, match=re.escape(message)):
            aw.evaluate(given, **options)
