"""Units of inputs: where words, sentences and messages begin, and what leaving one out gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.methods.request.units import units_of

FIRST, STEPS = 9, 5
IDS = random_ids(FIRST + STEPS)
SPANS = [(0, 3), (3, 4), (5, 8), (8, 12)]


@pytest.fixture(scope="module")
def model() -> Any:
    return build("llama")


@pytest.fixture(scope="module")
def ex(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


def texts(prompt: Any, which: Any, output: Any = " x.") -> list[str]:
    trace = aw.load(build("gpt2"), byte_tokenizer(chat=True)).explain(prompt, output=output).trace
    tokens = trace.model.tokenizer
    units = units_of(trace, which)
    if isinstance(which, str):
        assert [i for unit in units for i in unit] == list(range(trace.n_inputs))
    return [tokens.decode([trace.tokens.ids[i] for i in unit]) for unit in units]


def test_words() -> None:
    assert texts("The president's 3.14  of\nAmerica, is", "word") == [
        *["The", " president's", " 3.14", "  of", "\nAmerica", ",", " is"],
        " x",
    ]


def test_words_of_scripts_without_spaces_are_characters() -> None:
    assert texts("東京です。ok", "word") == ["東", "京", "で", "す", "。", "ok", " x"]


def test_sentences() -> None:
    assert texts("He was. “Was he?” Yes\nNo 3.14 then! 你好。我在 ok", "sentence") == [
        *["He was.", " “Was he?”", " Yes", "\nNo 3.14 then!", " 你好。", "我在 ok"],
        " x",
    ]


def test_the_full_stop_of_an_abbreviation_ends_no_sentence() -> None:
    assert texts(
        "Mr. Smith met Dr. J. R. Jones, e.g. here. Then No. 5. He said no. mr. x left", "sentence"
    ) == [
        *["Mr. Smith met Dr. J. R. Jones, e.g. here.", " Then No. 5.", " He said no.", " mr. x left"],
        " x",
    ]


def test_special_tokens_stand_alone_and_sections_part() -> None:
    assert texts("a<|endoftext|>b c", "sentence", output="d e.") == ["a", "<|endoftext|>", "b c", "d e"]


def test_messages() -> None:
    chat = [{"role": "user", "content": "The first. Is"}, {"role": "system", "content": "he?"}]
    assert texts(chat, "message") == [
        "<|endoftext|><user>The first. Is\n",
        "<system>he?\n",
        "<assistant>",
        " x",
    ]


def test_own_spans(ex: aw.Explanation) -> None:
    assert units_of(ex.trace, [(3, 5), (0, 2)]) == [(0, 1), (3, 4)]
    assert texts("The first of the first is", ["first", (0, 1)]) == ["The", " first first"]


def test_a_text_that_the_answer_quotes_is_that_of_the_prompt() -> None:
    assert texts("One is red. Two", ["is red"], output=" is red. So") == [" is red"]
    assert texts("One is. Two", ["is red"], output=" is red. So") == [" is red"]


@pytest.mark.parametrize(
    ("units", "says"),
    [
        ("phrase", "no units 'phrase'"),
        (7, "no units 7"),
        ("message", "no messages"),
        ([], "empty list"),
        ([(0, 3), (2, 4)], "Two spans share"),
        ([(3, 3)], "pair"),
        ([(0, 99)], "pair"),
        ([1], "pair"),
        (["zzz"], "does not occur"),
        ([""], "does not occur"),
    ],
)
def test_what_is_no_unit(ex: aw.Explanation, units: Any, says: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=says):
        ex.scores("leave_one_out", units=units)


def log_prob(model: Any, ids: list[int], target: int, mask: list[int], positions: list[int]) -> float:
    with torch.no_grad():
        logits = model(
            torch.tensor([ids]),
            attention_mask=torch.tensor([mask]),
            position_ids=torch.tensor([positions]),
            use_cache=False,
        ).logits[0, -1]
    return float(logits.double().log_softmax(-1)[target])


@pytest.mark.parametrize("method", ["leave_one_out", "leave_one_out_deleted", "leave_one_out_replaced"])
def test_scores_of_units_equal_naive_passes(ex: aw.Explanation, model: Any, method: str) -> None:
    """Prefix by prefix; what a step does not see of a unit is no part of it, and each token has its even share."""
    truth = np.full((STEPS, len(IDS) - 1), np.nan)
    for step in range(STEPS):
        prefix, target = IDS[: FIRST + step], IDS[FIRST + step]
        every, ones = list(range(len(prefix))), [1] * len(prefix)
        whole = log_prob(model, prefix, target, ones, every)
        for start, end in SPANS:
            gone = [i for i in range(start, end) if i < len(prefix)]
            left = [i for i in every if i not in gone]
            if method == "leave_one_out":
                changed = log_prob(model, prefix, target, [int(i in left) for i in every], every)
            elif method == "leave_one_out_deleted":
                changed = log_prob(
                    model, [prefix[i] for i in left], target, ones[: len(left)], every[: len(left)]
                )
            else:
                changed = log_prob(model, [0 if i in gone else prefix[i] for i in every], target, ones, every)
            truth[step, gone] = (whole - changed) / max(1, len(gone))
    ours = ex.scores(method, units=SPANS, normalize=None)
    np.testing.assert_allclose(ours, truth, rtol=0, atol=2e-5 * np.nanmax(np.abs(truth)))
    assert "4 spans" in ours.attrs["note"]


def test_a_unit_that_is_all_there_is_scores_nothing(ex: aw.Explanation) -> None:
    for method in ("leave_one_out", "leave_one_out_deleted"):
        with pytest.warns(UserWarning, match="with one span gone, nothing is left .* Take smaller units"):
            scores = ex.scores(method, units=[(0, FIRST)]).to_numpy()
        assert np.isnan(scores[0]).all()
        assert not np.isnan(scores[1:, :FIRST]).any()
    assert not np.isnan(ex.scores("leave_one_out_replaced", units=[(0, FIRST)]).to_numpy()[0, :FIRST]).any()
    later = ex.scores("leave_one_out", units=[(FIRST, FIRST + 1)])
    assert np.isnan(later.to_numpy()[0]).all(), "and nothing is said of a unit that comes later"


def test_words_of_one_token_score_as_tokens() -> None:
    ex = aw.load("demo").explain("the cat sat")
    one = all(len(unit) == 1 for unit in units_of(ex.trace, "word"))
    same = np.allclose(ex.scores("leave_one_out_words"), ex.scores("leave_one_out"), equal_nan=True)
    assert same == one


def test_stopped_work_keeps_units_apart(ex: aw.Explanation) -> None:
    words = ex.scores("leave_one_out", units=[(0, 2), (2, 9)]).to_numpy()
    tokens = ex.scores("leave_one_out").to_numpy()
    assert not np.allclose(words[0], tokens[0], equal_nan=True)
