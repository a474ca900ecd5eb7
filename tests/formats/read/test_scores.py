"""Bare tokens and scores as explanations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.other_libraries import TOKENS, shown
from helpers.refused import refused
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import attrwidget as aw
from attrwidget.page.content import content_of


def test_one_row_explains_an_output() -> None:
    ex = aw.from_scores(TOKENS, [0.1, 0.2, 0, -0.5, 0.9], output="positive", probability=[0.25])
    assert ex.tokens.labels == ["The", "movie", "was", "not", "good", "positive"]
    assert (ex.reading.first_step, ex.reading.n_steps, ex.reading.n_inputs) == (5, 1, 5)
    np.testing.assert_allclose(ex.scores().to_numpy(), [[0.1, 0.2, 0, -0.5, 0.9]])
    assert ex.methods()[0].signed
    assert ex.steps["log_probability"][0] == np.log(0.25)
    content = shown(ex)
    assert content["steps"]["probability"] == [0.25]
    assert content["steps"]["rank"] == content["steps"]["entropy"] == [None]
    assert (content["layers"], content["attention_note"]) == (0, "These are scores alone, without attention.")


def test_unsigned_scores_are_shown_as_shares() -> None:
    ex = aw.from_scores(TOKENS, [1, 2, 0, 3, 4])
    np.testing.assert_allclose(ex.scores().to_numpy(), [[0.1, 0.2, 0, 0.3, 0.4]])
    np.testing.assert_array_equal(ex.scores(normalize=None).to_numpy(), [[1, 2, 0, 3, 4]])
    assert ex.tokens.labels[-1] == "output"
    signed = aw.from_scores(TOKENS, [1, 2, 0, 3, 4], signed=True)
    np.testing.assert_array_equal(signed.scores().to_numpy(), [[1, 2, 0, 3, 4]])


def test_prompt_and_answer_together() -> None:
    nan = np.nan
    wanted = [[1, 2, 3, nan], [4, 5, 6, 7]]
    for scores in (wanted, [[1, 2, 3, 0, 0], [4, 5, 6, 7, 0]], pd.DataFrame(wanted)):
        ex = aw.from_scores(TOKENS, {"mine": scores, "other": wanted})
        assert (ex.reading.first_step, ex.reading.n_steps, ex.reading.n_inputs) == (3, 2, 4)
        np.testing.assert_array_equal(ex.scores("mine", normalize=None).to_numpy(), wanted)
        assert [info.title for info in ex.methods()] == ["Mine", "Other"]
    last = aw.from_scores(TOKENS, [1, 2, 3, 4])
    assert (last.reading.first_step, last.tokens.labels[last.reading.first_step]) == (4, "good")
    long = ex.to_pandas(["mine"])
    assert list(long.columns) == ["method", "step", "token", "position", "input", "score"]
    assert len(long) == 7
    row = long[(long["step"] == 1) & (long["input"] == "not")]
    assert (row["token"].item(), row["position"].item()) == ("good", 3)
    assert row["score"].item() == pytest.approx(7 / 22)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: aw.from_scores("The movie", [1]), ["tokens are a list of texts", "'The movie'"]),
        (lambda: aw.from_scores([], []), ["empty"]),
        (lambda: aw.from_scores(["a", 3], [1, 2]), ["'3'"]),
        (lambda: aw.from_scores(TOKENS, [1, 2]), ["(1, 2)"]),
        (lambda: aw.from_scores(TOKENS, [[1, 2], [3]]), ["same length"]),
        (lambda: aw.from_scores(TOKENS, "abc"), ["no table of numbers"]),
        (lambda: aw.from_scores(TOKENS, np.ones((2, 5, 3))), ["(2, 5, 3)"]),
        (lambda: aw.from_scores(TOKENS, np.ones((2, 5))), ["step 0", "token 3"]),
        (lambda: aw.from_scores(TOKENS, np.ones((5, 5))), ["5 rows", "output="]),
        (lambda: aw.from_scores(TOKENS, np.ones((2, 5)), output=["x"]), ["(2, 5)"]),
        (lambda: aw.from_scores(TOKENS, [1, 2, 3, 4, np.inf]), ["infinite"]),
        (lambda: aw.from_scores(TOKENS, [1, 2, 3, 4, -5], signed=False), ["signed=False"]),
        (lambda: aw.from_scores(TOKENS, {}), ["scores= is empty"]),
        (lambda: aw.from_scores(TOKENS, np.ones(5), probability=[0.1, 0.2]), ["1 steps and 2"]),
        (lambda: aw.from_scores(TOKENS, np.ones(5), probability=[1.5]), ["0 to 1"]),
        (lambda: aw.from_scores(TOKENS, np.ones(5)).attention(), ["scores alone", "scores"]),
        (lambda: aw.from_scores(TOKENS, np.ones(5)).scores(target_function="logit"), ["without its target"]),
        (lambda: aw.from_captum([1, 2]), ["list", "Captum"]),
        (lambda: aw.from_captum(np.ones(3)), ["tokens="]),
        (lambda: aw.from_captum(np.ones(3), TOKENS), ["(3,)", "5 tokens"]),
        (lambda: aw.from_shap(3), ["int", "shap.Explanation"]),
        (lambda: aw.from_lime(3), ["int", "LIME"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(call: Any, words: list[str]) -> None:
    refused(call, *words)


numbers = st.floats(-(2.0**99), 2.0**99, allow_subnormal=False)


@pytest.mark.slow
@settings(max_examples=60)
@given(st.data())
def test_any_scores_come_back_as_given(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 7))
    n_steps = data.draw(st.integers(1, count - 1))
    first = count - n_steps
    tokens = data.draw(st.lists(st.text(max_size=6), min_size=count, max_size=count))
    scores = data.draw(arrays(np.float64, (n_steps, count - 1), elements=numbers))
    gaps = data.draw(arrays(np.bool_, scores.shape))
    scores[gaps] = np.nan
    for step, row in enumerate(scores):
        row[first + step :] = np.nan
    ex = aw.from_scores(tokens, scores)
    assert (ex.reading.first_step, ex.reading.n_steps) == (first, n_steps)
    np.testing.assert_array_equal(ex.reading.raw_rows("scores"), scores)
    np.testing.assert_array_equal(ex.scores(normalize=None), scores.astype(np.float32))
    rows = ex.reading.rows("scores", range(n_steps))
    np.testing.assert_array_equal(np.isnan(rows), np.isnan(scores))
    if not (scores < 0).any():
        sums = np.nansum(scores, axis=1)
        np.testing.assert_allclose(np.nansum(rows, axis=1), sums > 0, atol=1e-5)
    assert [unit.start for unit in ex.tokens.units[1:]] == [unit.end for unit in ex.tokens.units[:-1]]
    assert any(unit.start == first for unit in ex.tokens.units)
    assert len(shown(ex)["tokens"]["text"]) == len(ex.tokens.units)
    assert len(ex.to_pandas()) == np.isfinite(scores).sum()


@pytest.mark.slow
@settings(max_examples=100)
@given(
    st.one_of(st.lists(st.one_of(st.text(max_size=3), st.integers(), st.none()), max_size=4), st.text(), st.none()),
    st.one_of(
        st.lists(st.one_of(st.floats(), st.text(max_size=2), st.lists(st.floats(), max_size=3)), max_size=4),
        st.text(max_size=3),
        st.none(),
        st.dictionaries(st.text(max_size=3), st.lists(st.floats(), max_size=4), max_size=2),
    ),
    st.one_of(st.none(), st.text(max_size=3), st.lists(st.text(max_size=3), max_size=3)),
)  # fmt: skip
def test_anything_gives_an_explanation_or_one_sentence(tokens: Any, scores: Any, output: Any) -> None:
    try:
        ex = aw.from_scores(tokens, scores, output=output)
    except aw.AttrWidgetError as error:
        assert "\n" not in str(error)  # noqa: PT017 - most examples are refused
    else:
        shown(ex)


def test_everything_is_saved_and_opened(tmp_path: Any) -> None:
    ex = aw.from_scores(TOKENS, {"one": [1, 2, 3, 4, 5], "two": [1, -2, 3, 4, 5]}, output=" bad")
    back = aw.open(ex.save(tmp_path / "x"))
    assert (back.tokens, back.methods(), back.reading.sections) == (
        ex.tokens,
        ex.methods(),
        ex.reading.sections,
    )
    pd.testing.assert_frame_equal(back.steps, ex.steps)
    for name in ("one", "two"):
        np.testing.assert_array_equal(back.reading.raw_rows(name), ex.reading.raw_rows(name))
        pd.testing.assert_frame_equal(back.scores(name), ex.scores(name))
    assert content_of(back.reading) == content_of(ex.reading)
    assert "<title>Why did the model say “bad”?</title>" in back.to_html(tmp_path / "x.html").read_text()
