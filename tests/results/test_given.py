"""Shares of heads: against plain sums, sinks that are left out, and what is read where there are no gradients."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from helpers.fake import random_explanation
from helpers.refused import refused
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer

import attrwidget as aw
from attrwidget.results.given import mean_of, read_given
from attrwidget.results.live import LiveReading


@pytest.fixture(scope="module")
def ex() -> aw.Explanation:
    return aw.load(build("llama"), byte_tokenizer()).explain(PROMPT, output=ANSWER)


def read(products: Any, special: Any = ()) -> Any:
    fake = random_explanation(prompt=2, answer=2, special=special)
    return read_given(np.array(products, dtype=float), "gradient", fake.tokens, fake.sections)


def test_a_head_has_the_magnitude_of_its_sum() -> None:
    given = read([[[0.1, 2, -1], [0, -1, 0]], [[0, 1, 1], [0, 0, 0]]])
    assert given.sinks == {}
    np.testing.assert_allclose(given.heads, np.array([[1.1, 1], [2, 0]]) / 4.1, rtol=1e-6)
    np.testing.assert_allclose(given.of_input(1), [[0.5, 0.25], [0.25, 0]], rtol=1e-6)
    assert [(top.layer, top.head, top.inputs) for top in given.top()] == [
        (1, 0, [1, 2]),
        (0, 0, [1, 2]),
        (0, 1, [1]),
    ]
    assert [(top.layer, top.head, top.inputs) for top in given.top(index=2)] == [(0, 0, [2]), (1, 0, [2])]


@pytest.mark.parametrize(
    ("held", "special", "sink"),
    [((3, 1, 1), (), {0: 0.6}), ((1, 1, 3), (2,), {2: 0.6}), ((1, 1, 3), (), {}), ((1, 4, 4), (), {})],
)
def test_a_sink_is_a_first_or_control_token_with_over_a_quarter(held: Any, special: Any, sink: Any) -> None:
    given = read([[held, [0, 0, 0]]], special)
    assert given.sinks == pytest.approx(sink)
    assert given.heads.sum() == pytest.approx(1)


def test_the_mean_of_several_steps() -> None:
    steps = [read([[[3.0, 1, 0], [0, 0, 0]]]), read([[[0, 0, 0], [0.0, 1, 1]]])]
    given = mean_of(steps)
    np.testing.assert_allclose(given.heads, [[0.5, 0.5]])
    np.testing.assert_allclose(given.pairs.sum((0, 1)), [0.375, 0.375, 0.25])
    assert given.sinks == {0: 0.375}


def test_without_gradients_the_norms_of_values_and_without_values_attention(ex: aw.Explanation) -> None:
    assert ex.heads(1).attrs["reading"] == "gradient"
    without = aw.load(build("llama"), byte_tokenizer()).explain(PROMPT, output=ANSWER)
    trace = without.trace
    trace.capabilities = replace(trace.capabilities, gradients_note="It has no gradients")
    plain = type(without)(LiveReading(trace))
    assert plain.heads(1).attrs["reading"] == "values"
    pairs = plain.heads(1, by_input=True).to_numpy()
    truth = np.stack(
        [
            trace.attention.weights(layer, None, [trace.position(1)])[:, 0]
            * trace.attention.value_norms(layer, None)  # type: ignore[attr-defined]
            for layer in range(trace.n_layers)
        ]
    ).reshape(len(pairs), -1)
    truth[:, trace.seen(1) :] = 0
    np.testing.assert_allclose(pairs, truth / truth.sum(), rtol=1e-5, atol=1e-9)
    bloom = aw.load(build("bloom"), byte_tokenizer()).explain(PROMPT, output=ANSWER)
    pairs = bloom.heads(1, by_input=True)
    assert pairs.attrs["reading"] == "attention"
    weights = np.nan_to_num(bloom.reading.head_weights([1])[0]).reshape(len(pairs), -1)
    np.testing.assert_allclose(pairs, weights / weights.sum(), rtol=1e-5)


def test_gradients_that_fail_are_no_error(ex: aw.Explanation, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("called otherwise")

    monkeypatch.setattr("attrwidget.engine.attention.given.GivenByHeads.of_step", fail)
    again = type(ex)(LiveReading(ex.trace))
    assert again.heads(0).attrs["reading"] == "values"
    assert again.heads().attrs["reading"] == "values"


def test_a_foil_and_all_steps(ex: aw.Explanation) -> None:
    assert not np.allclose(ex.heads(1), ex.heads(1, foil=9))
    mean = np.mean([ex.heads(step) for step in range(ex.reading.n_steps)], axis=0)
    np.testing.assert_allclose(ex.heads(), mean, rtol=1e-5)
    refused(lambda: ex.heads(99), "There is no step 99")
    refused(lambda: ex.heads(foil=9), "belongs to one step")
    mamba = aw.load(build("mamba"), byte_tokenizer()).explain(PROMPT, output=ANSWER)
    refused(lambda: mamba.heads(0), "attention")


def test_rapid_questions_compute_no_gradient_twice(
    ex: aw.Explanation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ex.heads(2)
    monkeypatch.setattr(
        "attrwidget.engine.attention.given.GivenByHeads.of_step", lambda *_: pytest.fail("computed again")
    )
    assert ex.reading.has_given_by_heads([2])
    for index in range(5):
        assert ex.reading.given_by_heads([2]).of_input(index).sum() == pytest.approx(1)
