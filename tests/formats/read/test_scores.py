"""Bare tokens and scores, and results of Captum, SHAP and LIME, as explanations."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import attrwidget as aw
from attrwidget.page.content import content_of

TOKENS = ["The", " movie", " was", " not", " good"]


def refused(call: Any, *words: str) -> None:
    with pytest.raises(aw.AttrWidgetError) as caught:
        call()
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert "\n" not in str(caught.value)


def shown(explanation: Any) -> dict[str, Any]:
    """Return the content for the page, having asserted that a page can read it and that all views can be made."""
    content: dict[str, Any] = json.loads(json.dumps(content_of(explanation), allow_nan=False))
    assert str(explanation)
    assert explanation._repr_mimebundle_()[0]["text/html"].startswith("<div")
    return content


def test_one_row_explains_an_output() -> None:
    ex = aw.from_scores(TOKENS, [0.1, 0.2, 0, -0.5, 0.9], output="positive", probability=[0.25])
    assert ex.tokens.labels == ["The", "movie", "was", "not", "good", "positive"]
    assert (ex.first_step, ex.n_steps, ex.n_inputs) == (5, 1, 5)
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
        assert (ex.first_step, ex.n_steps, ex.n_inputs) == (3, 2, 4)
        np.testing.assert_array_equal(ex.scores("mine", normalize=None).to_numpy(), wanted)
        assert [info.title for info in ex.methods()] == ["Mine", "Other"]
    last = aw.from_scores(TOKENS, [1, 2, 3, 4])
    assert (last.first_step, last.tokens.labels[last.first_step]) == (4, "good")
    long = ex.to_pandas(["mine"])
    assert list(long.columns) == ["method", "step", "token", "position", "input", "score"]
    assert len(long) == 7
    row = long[(long["step"] == 1) & (long["input"] == "not")]
    assert (row["token"].item(), row["position"].item()) == ("good", 3)
    assert row["score"].item() == pytest.approx(7 / 22)


@pytest.mark.parametrize(
    ("pieces", "texts", "labels"),
    [
        (["The", "Ġcat", "ĠæĿ", "±", "Ċ"], ["The", " cat", " 東", "\n"], ["The", "cat", "東 1/2", "東 2/2", "⏎"]),
        (["▁cat", "<0xE6>", "<0x9D>", "<0xB1>"], [" cat", "東"], ["cat", "東 1/3", "東 2/3", "東 3/3"]),
        (["[CLS]", "play", "##ing", "."], ["[CLS]", " play", "ing", " ."], ["[CLS]", "play", "ing", "."]),
        (["one", "two"], ["one", " two"], ["one", "two"]),
        (["東", "京", "は"], ["東", "京", "は"], ["東", "京", "は"]),
        (["a ", "b"], ["a ", "b"], ["a", "b"]),
        (["Ġa", "ĠæĿ"], [" a", " \ufffd"], ["a", "\ufffd"]),
        (["Ġłódź", "a"], ["Ġłódź", " a"], ["Ġłódź", "a"]),
    ],
)  # fmt: skip
def test_vocabulary_entries_become_text(pieces: list[str], texts: list[str], labels: list[str]) -> None:
    ex = aw.from_scores(pieces, np.ones(len(pieces)), output=[" x"])
    units = ex.tokens.units[:-1]
    assert [unit.text for unit in units] == texts
    assert ex.tokens.labels[:-1] == labels


def test_special_tokens_are_known() -> None:
    ex = aw.from_scores(["<s>", "▁a", "</s>", "<|im_start|>", "[SEP]", "<b>"], np.ones(6))
    assert ex.tokens.special == [True, False, True, True, True, False, False]


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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
    assert (ex.first_step, ex.n_steps) == (first, n_steps)
    np.testing.assert_array_equal(ex.raw_rows("scores"), scores)
    np.testing.assert_array_equal(ex.scores(normalize=None), scores.astype(np.float32))
    rows = ex.rows("scores", range(n_steps))
    np.testing.assert_array_equal(np.isnan(rows), np.isnan(scores))
    if not (scores < 0).any():
        sums = np.nansum(scores, axis=1)
        np.testing.assert_allclose(np.nansum(rows, axis=1), sums > 0, atol=1e-5)
    assert [unit.start for unit in ex.tokens.units[1:]] == [unit.end for unit in ex.tokens.units[:-1]]
    assert any(unit.start == first for unit in ex.tokens.units)
    assert len(shown(ex)["tokens"]["text"]) == len(ex.tokens.units)
    assert len(ex.to_pandas()) == np.isfinite(scores).sum()


@settings(max_examples=100, deadline=None)
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


def test_captums_llm_result() -> None:
    torch = pytest.importorskip("torch")
    llm = pytest.importorskip("captum.attr._core.llm_attr")
    values = torch.tensor([[0.5, -1.0, 2.0], [0.25, 0.0, -0.5]])
    result = llm.LLMAttributionResult(
        input_tokens=["The", " movie", " was"],
        output_tokens=[" very", " good"],
        seq_attr=values.sum(0),
        token_attr=values,
        output_probs=torch.tensor([0.5, 0.25]),
    )
    ex = aw.from_captum(result, method="feature_ablation", model_name="m")
    assert ex.tokens.labels == ["The", "movie", "was", "very", "good"]
    np.testing.assert_array_equal(ex.scores().to_numpy()[:, :3], values.numpy())
    assert np.isnan(ex.scores().to_numpy()[:, 3]).all()
    assert list(ex.steps["probability"]) == [0.5, 0.25]
    assert ex.methods()[0][:2] == ("feature_ablation", "Feature ablation")
    shown(ex)
    result.token_attr = result.output_probs = None
    whole = aw.from_captum(result)
    assert (whole.n_steps, whole.tokens.labels[3]) == (1, "very good")
    np.testing.assert_array_equal(whole.scores().to_numpy()[0], values.sum(0).numpy())
    assert whole.methods()[0].description == "Captum, as Captum gave it, of the whole answer"


def test_captums_own_run_of_a_model(folder: Any) -> None:
    captum = pytest.importorskip("captum.attr")
    model = aw.load(folder("gpt2"))
    llm = captum.LLMAttribution(captum.FeatureAblation(model.hf), model.tokenizer)
    inp = captum.TextTokenInput("The first president", model.tokenizer)
    result = llm.attribute(inp, target=" of America", show_progress=False)
    ex = aw.from_captum(result, method="feature_ablation")
    np.testing.assert_allclose(ex.scores().to_numpy()[:, :3], result.token_attr.numpy(), rtol=1e-6)
    assert [unit.text for unit in ex.tokens.units] == ["The", " first", " president", " of", " America"]


@pytest.mark.parametrize("shape", [(5,), (1, 5), (5, 4), (1, 5, 4)])
def test_captums_tensors(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(size=shape)
    ex = aw.from_captum(values, TOKENS, output=" bad", method="integrated_gradients")
    wanted = values.reshape(5, -1).sum(-1)
    np.testing.assert_allclose(ex.scores().to_numpy()[0], wanted, rtol=1e-6)
    assert ex.tokens.labels[-1] == "bad"


def test_captums_visualization_record() -> None:
    visualization = pytest.importorskip("captum.attr._utils.visualization")
    values = np.array([0.5, -1.0, 2.0, 0.0, 0.25])
    record = visualization.VisualizationDataRecord(values, 0.75, "Pos", "Neg", "Pos", 1.75, TOKENS, 0.012)
    ex = aw.from_captum(record, method="lig")
    np.testing.assert_array_equal(ex.scores().to_numpy()[0], values)
    assert (ex.tokens.labels[-1], ex.steps["probability"][0]) == ("Pos", 0.75)
    assert ex.note("lig", [0]) == "convergence score 0.012"
    assert [section.title for section in ex.sections] == ["Text", "Output"]
    shown(ex)


def lengths(texts: Any) -> Any:
    """Return two classes' probabilities, which depend on the words alone."""
    good = np.array([0.2 + 0.5 * ("good" in text) - 0.1 * ("not" in text) for text in texts])
    return np.stack([1 - good, good], axis=1)


@pytest.mark.filterwarnings("ignore")
def test_shaps_explanations() -> None:
    shap = pytest.importorskip("shap")
    explainer = shap.Explainer(lengths, shap.maskers.Text(r"\W+"), output_names=["NEG", "POS"])
    result = explainer(["The movie was not good, really.", "So good"], silent=True)
    first, second = aw.from_shap(result, model_name="m")
    shap_values = np.asarray(result[0].values)
    np.testing.assert_allclose(first.scores().to_numpy()[:, : len(result[0].data)], shap_values.T, rtol=1e-6)
    assert "".join(unit.text for unit in first.tokens.units[:-2]) == "".join(result[0].data)
    assert first.tokens.labels[-2:] == ["NEG", "POS"]
    assert first.note("shap", [0]) == "base value NEG 0.8, POS 0.2"
    total = np.nansum(first.scores().to_numpy(), axis=1) + np.array([0.8, 0.2])
    np.testing.assert_allclose(total, lengths(["The movie was not good"])[0], atol=1e-6)
    assert second.n_inputs == 3
    shown(first)
    one = aw.from_shap(result[0, :, "POS"])
    np.testing.assert_allclose(one.scores().to_numpy()[0], shap_values[:, 1], rtol=1e-6)
    assert one.tokens.labels[-1] == "POS"
    alone = shap.Explainer(lambda texts: lengths(texts)[:, 1], shap.maskers.Text(r"\W+"))(
        ["So good"], silent=True
    )
    (plain,) = aw.from_shap(alone)
    assert (plain.tokens.labels[-1], plain.note("shap", [0])) == ("output", "base value 0.2")
    refused(
        lambda: aw.from_shap(
            SimpleNamespace(values=np.ones(2), base_values=0, data=np.ones(2), output_names=None)
        )
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("bow", [True, False])
def test_limes_explanations(bow: bool) -> None:
    lime_text = pytest.importorskip("lime.lime_text")
    text = "Not good: the movie was, well, not the good one!"
    explainer = lime_text.LimeTextExplainer(class_names=["NEG", "POS"], bow=bow, random_state=0)
    result = explainer.explain_instance(text, lengths, num_features=4, labels=(0, 1), num_samples=200)
    ex = aw.from_lime(result, model_name="m")
    assert "".join(unit.text for unit in ex.tokens.units[:-2]) == text
    assert ex.tokens.labels[-2:] == ["NEG", "POS"]
    np.testing.assert_allclose(ex.steps["probability"], lengths([text])[0])
    for label in (0, 1):
        row = ex.scores().iloc[label].dropna()
        assert np.count_nonzero(row) >= 4
        for word, weight in result.as_list(label):
            assert np.any(np.isclose(row[word], weight, rtol=1e-6)), word
            if bow:
                np.testing.assert_allclose(row[word], weight, rtol=1e-6)
    assert np.isnan(ex.scores().iloc[0][["!"]]).all()
    assert bool(ex.warnings) == bow
    assert ex.note("lime", [0]).startswith("intercept ")
    shown(ex)


def test_everything_is_saved_and_opened(tmp_path: Any) -> None:
    ex = aw.from_scores(TOKENS, {"one": [1, 2, 3, 4, 5], "two": [1, -2, 3, 4, 5]}, output=" bad")
    back = aw.open(ex.save(tmp_path / "x"))
    assert (back.tokens, back.methods(), back.sections) == (ex.tokens, ex.methods(), ex.sections)
    pd.testing.assert_frame_equal(back.steps, ex.steps)
    for name in ("one", "two"):
        np.testing.assert_array_equal(back.raw_rows(name), ex.raw_rows(name))
        pd.testing.assert_frame_equal(back.scores(name), ex.scores(name))
    assert content_of(back) == content_of(ex)
    assert "<title>Why did the model say “bad”?</title>" in back.to_html(tmp_path / "x.html").read_text()
