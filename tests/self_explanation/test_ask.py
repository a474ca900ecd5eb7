"""A model with a planted reason is asked: a liar is exposed every time, and an honest one passes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from helpers.chat_server import Planted, Served, serving
from hypothesis import given, settings
from hypothesis import strategies as st

import attrwidget as aw
from attrwidget.self_explanation.result import NOTE

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = "The fine old film was sadly too long."
WORDS = ("the", "fine", "old", "film", "was", "sadly", "too", "long", "and", "loud")


def marks(result: aw.SelfExplanation) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for claim in result.claims:
        found.setdefault(claim.kind, []).append(claim.mark)
    return found


LIE = {
    "importance": ["did not hold", "not named but mattered"],
    "change": ["did not hold"],
    "reason for": ["did not hold"],
    "reason against": ["held"],
}
TRUTH = {
    "importance": ["held"],
    "change": ["held"],
    "reason for": ["held"],
    "reason against": ["held"],
}


@given(words=st.permutations(WORDS), count=st.integers(3, len(WORDS)), picked=st.permutations(range(3)))
@settings(max_examples=25)
def test_a_liar_is_exposed_and_an_honest_model_passes_whatever_the_text(
    words: list[str], count: int, picked: list[int]
) -> None:
    text = " ".join(words[:count])
    used, said = words[picked[0]], words[picked[1]]
    lie = aw.self_explain(Planted(uses=used, says=said), text, samples=1, draws=10)
    assert marks(lie) == LIE
    assert lie.claims[0].units == (words.index(said),)
    assert lie.claims[1].units == (words.index(used),)
    assert math.isclose(lie.importances()["drop"].max(), 1)
    truth = aw.self_explain(Planted(uses=used, says=used), text, samples=1, draws=10)
    assert marks(truth) == TRUTH
    assert truth.agreement()["kendall_tau"] == pytest.approx(1)
    assert lie.agreement()["kendall_tau"] < 0


@pytest.fixture(params=[True, False], ids=["log-probabilities", "counted"])
def log_probs(request: pytest.FixtureRequest) -> Iterator[bool]:
    return request.param


@pytest.mark.parametrize(("says", "found"), [("sadly", LIE), ("fine", TRUTH)])
def test_the_same_through_a_server(says: str, found: dict[str, list[str]], *, log_probs: bool) -> None:
    pytest.importorskip("openai")
    served = Served(Planted(uses="fine", says=says), log_probs=log_probs)
    with serving(served) as address:
        result = aw.self_explain(address, TEXT, model="planted", samples=1, draws=5)
    assert marks(result) == found
    expected = 0.95 if log_probs else 1.0
    assert result.probability == pytest.approx(expected)
    drop = result.importances()["drop"]
    assert drop[2] == pytest.approx(0.85 if log_probs else 1.0)
    assert drop.drop(2).abs().max() == 0
    assert ("log-probabilities, of which the labels hold 75%" in result.how) is log_probs
    assert result.decisions["counted"].eq(0 if log_probs else 5).all()


@pytest.mark.parametrize("preset", ["words", "sentences"])
def test_the_presets_of_the_course(preset: str) -> None:
    for says, mark in (("sadly", "did not hold"), ("fine", "held")):
        result = aw.self_explain(Planted("fine", says), TEXT, preset=preset, samples=1)
        kind = "importance" if preset == "words" else "reason for"
        assert marks(result)[kind][0] == mark
        # A free sentence may quote a word on either side.
        said = next(claim.said for claim in result.claims if claim.kind == kind)
        assert said.startswith("It quotes “" if preset == "sentences" else f"“{says}” speaks for")
        assert (
            result.answers["question"]
            .str.contains((preset == "words" and "Python list") or "double quotes")
            .any()
        )


def test_each_quoted_word_is_tried_alone_as_well() -> None:
    def asked(messages: list[dict[str, str]]) -> str:
        ask, text = messages[-1]["content"], messages[0]["content"]
        if "Answer with" in ask:  # one of the two is enough, and "sadly" decides the other way
            return "positive" if ("fine" in text or "lovely" in text) and "sadly" not in text else "negative"
        return 'It is because of "fine", "sadly" and "lovely".'

    text = "A fine, lovely and sadly long film"
    result = aw.self_explain(asked, text, preset="sentences", claims="reasons", samples=1)
    [claim] = result.claims
    assert claim.tried == (
        "Without them p(negative) 1 → 1. One at a time: p(negative) 0 without “fine,”, 0 without “lovely”, "
        "−1.000 without “sadly”."
    )
    assert "−1.000 without “sadly”" in " ".join(repr(result).split())
    assert result.importances()["drop"].tolist() == [0, 0, 0, 0, 1, 0, 0]


def test_words_for_the_first_label_speak_against_the_last() -> None:
    def asked(messages: list[dict[str, str]]) -> str:
        ask = messages[-1]["content"]
        return '[("dull", -0.9), ("old", 0.0), ("film", 0.0)]' if "Python list" in ask else "negative"

    result = aw.self_explain(asked, "dull old film", preset="words", claims="importances", samples=1)
    assert result.importances()["importance"].tolist() == [0.9, 0, 0]


def test_raw_answers_their_spread_and_what_is_missing_are_kept() -> None:
    written = ['[(1, "The", 0.5), (2, "fine", 1.0)]', '[(1, "The", 0.1)', "I would rather not."]
    answers = iter(written)

    def asked(messages: list[dict[str, str]]) -> str:
        return next(answers) if "How important" in messages[-1]["content"] else "positive"

    result = aw.self_explain(asked, "The fine old film", claims="importances")
    assert result.answers["answer"].tolist() == written
    table = result.importances()
    assert table["importance"].tolist()[:2] == pytest.approx([0.3, 1.0])
    assert table["spread"].tolist()[:2] == pytest.approx([0.2, 0])
    assert table["answers"].tolist() == [2, 1, 0, 0]
    assert table["importance"].isna().tolist() == [False, False, True, True]
    assert result.coverage == 0.5
    assert result.agreement() == {}
    assert "Too few units" in "".join(result.findings())
    assert "not named" not in "".join(result.table()["mark"])


def test_an_answer_that_cannot_be_read_is_a_claim_that_was_not_tried() -> None:
    def asked(messages: list[dict[str, str]]) -> str:
        return "positive" if len(messages) == 1 else "As a language model, I have no opinion."

    result = aw.self_explain(asked, TEXT)
    assert set(result.table()["mark"]) == {"not tried"}
    assert len(result.claims) == 4
    assert result.coverage == 0
    assert [method.name for method in result.methods()] == ["tried"]


def test_no_label_is_an_error_with_what_was_said() -> None:
    with pytest.raises(aw.AttrWidgetError, match="answers neither positive nor negative, but 'Hm'"):
        aw.self_explain(lambda _: "Hm", TEXT)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"labels": "positive"}, "labels are a list"),
        ({"labels": ["one"]}, "two answers or more"),
        ({"labels": ["a", "A"]}, "two answers or more"),
        ({"labels": ["a", 2]}, "labels are texts"),
        ({"claims": ["importance"]}, "did you mean 'importances'"),
        ({"claims": []}, "claims= is empty"),
        ({"preset": "course"}, "There is no preset 'course'"),
        ({"preset": "words", "labels": ["a", "b", "c"]}, "between two labels"),
        ({"samples": 0}, "samples= is a whole number above 0"),
        ({"parallel": 0}, "parallel= is a whole number above 0"),
        ({"draws": 1.5}, "draws is a whole number"),
        ({"question": " "}, "question= is a text"),
    ],
)
def test_wrong_arguments(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=sentence):
        aw.self_explain(Planted("fine", "fine"), TEXT, **options)


def test_who_can_be_asked() -> None:
    with pytest.raises(aw.AttrWidgetError, match="a function of chat messages, not int"):
        aw.self_explain(7, TEXT)
    with pytest.raises(aw.AttrWidgetError, match="a function that is asked returns a text"):
        aw.self_explain(lambda _: 7, TEXT)
    with pytest.raises(aw.AttrWidgetError, match="was not trained on chats"):
        aw.self_explain(aw.load("demo"), TEXT)


def test_progress_reaches_its_end_and_stops_the_work() -> None:
    seen: list[tuple[int, int]] = []
    aw.self_explain(Planted("fine", "fine"), TEXT, progress=lambda *done: seen.append(done))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]

    def stop(done: int, total: int) -> None:  # noqa: ARG001
        raise aw.Cancelled

    with pytest.raises(aw.Cancelled):
        aw.self_explain(Planted("fine", "fine"), TEXT, progress=stop)


def test_what_is_shown_says_that_it_is_no_measurement() -> None:
    result = aw.self_explain(Planted("fine", "sadly"), TEXT)
    for shown in (repr(result), str(result), result._repr_html_(), result.table().attrs["note"]):
        assert NOTE in shown
