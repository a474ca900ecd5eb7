"""The answer, or a span, as one target: the sum of its rows, by fewer passes where a method is linear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.close import assert_close
from helpers.encoder_cases import explained
from helpers.real import SMOLLM2, missing, smollm2
from helpers.tiny_seq2seq import build_seq2seq, ending_tokenizer, words_of

import attrwidget as aw
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from pathlib import Path

LINEAR = {"input_x_gradient": {}, "gim": {}, "integrated_gradients": {"points": 6}}
SPANS = ["answer", (0, 2), (1, 3)]


@pytest.fixture(scope="module")
def ex() -> Any:
    return aw.load("demo").explain("The capital of Japan is", output=" Tokyo and of France Paris.")


@pytest.fixture(scope="module")
def translated() -> Any:
    return aw.load(build_seq2seq("bart"), ending_tokenizer()).explain(
        words_of(9), output=words_of(28, seed=1)
    )


def inside(target: Any) -> slice:
    return slice(None) if target == "answer" else slice(*target)


@pytest.mark.parametrize("target", SPANS, ids=str)
@pytest.mark.parametrize("method", LINEAR)
@pytest.mark.parametrize("kind", ["ex", "translated"])
def test_a_linear_method_gives_the_sum_of_its_rows(
    request: pytest.FixtureRequest, kind: str, method: str, target: Any
) -> None:
    explanation = request.getfixturevalue(kind)
    one = explanation.scores(method, target=target, target_function="log_prob", **LINEAR[method])
    rows = explanation.scores(method, target_function="log_prob", **LINEAR[method])[inside(target)]
    assert "one backward pass" in one.attrs["note"]
    np.testing.assert_array_equal(one.isna().to_numpy()[0], rows.isna().all().to_numpy())
    assert_close(one.fillna(0).to_numpy()[0], rows.sum().to_numpy(), parts=rows.fillna(0).to_numpy().T)


def test_a_foil_is_contrasted_at_every_step(ex: Any) -> None:
    one, rows = (ex.scores("input_x_gradient", foil=" London", target=target) for target in ("answer", None))
    assert one.attrs["foil"] == rows.attrs["foil"]
    assert_close(one.fillna(0).to_numpy()[0], rows.sum().to_numpy(), parts=rows.fillna(0).to_numpy().T)
    assert ex.scores("input_x_gradient", foil=" London", target=(0, 1)).attrs["foil"] == ["London"]


@pytest.mark.parametrize("method", ["leave_one_out", "leave_one_out_words"])
def test_leaving_out_is_the_fall_of_the_joint_log_probability(ex: Any, method: str) -> None:
    """Against the model itself, called with a mask."""
    hf, ids, first = ex.trace.model.hf, torch.tensor([ex.tokens.ids[:-1]]), ex.reading.first_step
    one = ex.scores(method, target=(0, 3))
    assert "joint log-probability of 3 tokens" in one.attrs["note"]

    def joint(*gone: int) -> float:
        mask = torch.ones_like(ids)
        mask[0, list(gone)] = 0
        positions = torch.arange(ids.shape[1])[None]
        with torch.no_grad():
            logits = hf(input_ids=ids, attention_mask=mask, position_ids=positions).logits[0].double()
        log_p = logits.log_softmax(-1)
        return float(sum(log_p[first - 1 + s, ex.tokens.ids[first + s]] for s in range(3)))

    for token in range(1, first):
        assert one.iloc[0, token] == pytest.approx(joint() - joint(token), abs=1e-4)


def test_shares_are_averaged(ex: Any) -> None:
    shares = ex.scores("saliency", target=(0, 3))
    rows = ex.scores("saliency")[:3].fillna(0)
    assert shares.sum(axis=1).iloc[0] == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(shares.fillna(0).iloc[0], rows.mean(), atol=1e-7)
    raw = ex.scores("saliency", target=(0, 3), normalize=None)
    rows = ex.scores("saliency", normalize=None)[:3].fillna(0)
    np.testing.assert_allclose(raw.fillna(0).iloc[0], rows.sum(), rtol=1e-6)
    assert "mean of the shares of 3 rows" in shares.attrs["note"]
    assert raw.attrs["note"].startswith("sum of 3 rows")


def test_shares_are_passed_on_before_they_are_averaged(ex: Any) -> None:
    one = ex.scores("saliency", target=(2, 5), through=True)
    rows = ex.scores("saliency", through=True)[2:5].fillna(0)
    np.testing.assert_allclose(one.fillna(0).iloc[0], rows.mean(), atol=1e-7)
    assert "(I − R)⁻¹ P" in one.attrs["note"]


def test_figures_are_those_of_the_sum(ex: Any) -> None:
    one = ex.scores("integrated_gradients", target=(0, 3), points=20)
    rows = ex.scores("integrated_gradients", points=20)[:3]
    assert one.attrs["base_values"] == pytest.approx([sum(rows.attrs["base_values"][:3])], rel=1e-4)
    assert "completeness residual" in one.attrs["note"]


def test_the_row_is_named_by_its_text(ex: Any) -> None:
    assert list(ex.scores("saliency", target=(0, 2)).index) == ["Tokyo and"]


def test_labels_of_a_text_add_up() -> None:
    tagged = explained("bert", "ForTokenClassification")
    one = tagged.scores("input_x_gradient", target="answer")
    rows = tagged.scores("input_x_gradient")
    assert_close(one.to_numpy()[0], rows.sum().to_numpy(), parts=rows.to_numpy().T)
    assert "joint" not in one.attrs["note"]


def test_a_saved_explanation_adds_up_what_was_recorded(ex: Any, tmp_path: Path) -> None:
    saved = aw.open(ex.save(tmp_path / "why.attrwidget", methods=["saliency", "input_x_gradient"]))
    for method in ("saliency", "input_x_gradient"):
        for target in SPANS:
            ours, live = saved.scores(method, target=target), ex.scores(method, target=target)
            assert_close(ours.fillna(0), live.fillna(0), rtol=1e-4)
            assert list(ours.index) == list(live.index)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("prompt", "target= is 'answer' or a span of steps .* not 'prompt'"),
        (2, "not 2"),
        ((0, 2, 3), "not "),
        ((0.5, 2), "not "),
        ((2, 2), "needs 0 ≤ start < end ≤"),
        ((0, 99), "no span of steps"),
        ((-1, 2), "no span of steps"),
    ],
)
def test_what_is_no_target_is_refused(ex: Any, target: Any, said: str) -> None:
    with pytest.raises(AttrWidgetError, match=said):
        ex.scores("saliency", target=target)


@pytest.mark.slow
@pytest.mark.skipif(missing(SMOLLM2) is not None, reason=str(missing(SMOLLM2)))
def test_a_real_model() -> None:
    """SmolLM2, against plain autograd of the summed score and against the sum of the rows."""
    explanation = smollm2().explain("The capital of France is", output=" Paris, a city on the river Seine.")
    hf, ids, first = explanation.trace.model.hf, explanation.tokens.ids, explanation.reading.first_step
    one = explanation.scores("input_x_gradient", target="answer").fillna(0).to_numpy()[0]
    rows = explanation.scores("input_x_gradient").fillna(0)
    leaf = hf.get_input_embeddings()(torch.tensor([ids[:-1]])).detach().requires_grad_()
    logits = hf(inputs_embeds=leaf, use_cache=False).logits[0]
    summed = sum(logits[first - 1 + s, ids[first + s]] for s in range(explanation.reading.n_steps))
    (gradient,) = torch.autograd.grad(summed, leaf)
    products = (gradient * leaf).detach()[0]
    assert_close(one, products.sum(-1), parts=products)
    assert_close(one, rows.sum(), parts=rows.T)
