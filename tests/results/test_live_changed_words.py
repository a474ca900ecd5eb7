"""Words are changed: what becomes of a step, compared with the plain model on the changed text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

import attrwidget as aw
from attrwidget.page.content import content_of

if TYPE_CHECKING:
    from attrwidget.results.live_changed_words import LiveChangedWords

FRANCE = {3: "France"}


@pytest.fixture(scope="module")
def ex() -> Any:
    return aw.load("demo").explain("The capital of Japan is", max_new_tokens=3)


@pytest.fixture(scope="module")
def words(ex: Any) -> LiveChangedWords:
    return ex.reading.changed_words  # type: ignore[no-any-return]


def by_hand(ex: Any, text: str, tokens: list[int]) -> list[float]:
    """Return the probabilities of *tokens* after *text* as the plain model gives them."""
    ids = ex.trace.model.tokenizer(text, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        return ex.trace.model.own(ids).logits[0, -1].softmax(-1)[tokens].tolist()  # type: ignore[no-any-return]


def test_what_becomes_of_a_step(ex: Any, words: LiveChangedWords) -> None:
    found = words.tried(0, words.find(FRANCE))
    said, leading, *_ = found.words
    assert (said[0], leading[0]) == (" Tokyo", " Paris")
    tokens = [ex.trace.outputs[0], *ex.trace.model.tokenizer.encode(" Paris")]
    before, after = (by_hand(ex, f"The capital of {land} is", tokens) for land in ("Japan", "France"))
    np.testing.assert_allclose([said[1], leading[1]], before, rtol=1e-4)
    np.testing.assert_allclose([said[2], leading[2]], after, rtol=1e-4)
    assert found.nats == pytest.approx(np.log(after[0] / before[0]), rel=1e-4)
    assert found.answer is None


def test_a_later_step_has_the_same_answer_before_it(ex: Any, words: LiveChangedWords) -> None:
    found = words.tried(1, words.find(FRANCE))
    tokens = [ex.trace.outputs[1]]
    (before,), (after,) = (
        by_hand(ex, f"The capital of {land} is Tokyo", tokens) for land in ("Japan", "France")
    )
    np.testing.assert_allclose(found.words[0][1:], [before, after], rtol=1e-4)


def test_words_are_named_by_themselves(ex: Any, words: LiveChangedWords) -> None:
    assert words.find({"Japan": "France"}) == words.find(FRANCE)
    assert words.find({"capital of": None, 4: " was"}) == words.find({(1, 3): None, 4: " was"})
    with pytest.raises(aw.AttrWidgetError, match="'capital' stands 2 times among the inputs, at 1, 9"):
        ex.edit({"of Japan": " of Japan is Tokyo. The capital of France"}).edit({"capital": "flag"})
    with pytest.raises(aw.AttrWidgetError, match="changed twice"):
        words.find({"Japan": "France", 3: "Italy"})


def test_the_answer_is_written_anew_and_the_former_one_is_kept(ex: Any) -> None:
    other = ex.edit(FRANCE)
    again = aw.load("demo").explain("The capital of France is", max_new_tokens=20)
    assert other.tokens.ids == again.tokens.ids
    assert [s[:3] for s in other.reading.sections] == [s[:3] for s in again.reading.sections]
    assert other.reading.before is ex.reading
    assert other.reading.edits == ((3, 4, " Japan"),)
    np.testing.assert_allclose(other.scores("saliency"), again.scores("saliency"), rtol=1e-5)


def test_words_are_deleted_and_several_are_changed_at_once(ex: Any) -> None:
    other = ex.edit({(0, 2): None, 3: " France", 4: ""})
    assert other.tokens.labels[:2] == ["of", "France"]
    assert [edit[:2] for edit in other.reading.edits] == [(0, 0), (1, 2), (2, 2)]


def test_what_the_model_had_written_before_a_change_stays(ex: Any) -> None:
    other = ex.edit({5: " Paris"})
    assert other.tokens.labels[:6] == ["The", "capital", "of", "Japan", "is", "Paris"]
    assert other.reading.first_step == 5


def test_likely_words_are_the_models_own(ex: Any, words: LiveChangedWords) -> None:
    likely = words.likely((3, 4))
    ids = ex.trace.model.tokenizer("The capital of", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        best = ex.trace.model.own(ids).logits[0, -1].topk(20).indices
    order = [ex.trace.model.tokenizer.decode(i).strip() for i in best]
    assert likely == [word for word in order if word.isalnum() and word[0].isupper() and word != "Japan"][:4]
    assert words.likely((0, 1)) == []


def test_words_of_a_masked_model() -> None:
    ex = aw.load("demo-masked").explain("The capital of Japan is [MASK] .")
    words = ex.reading.changed_words
    assert words.mask == "[MASK]"
    found = words.tried(0, words.find({4: " France"}))
    assert [word for word, *_ in found.words[:2]] == [" Tokyo", " Paris"]
    again = aw.load("demo-masked").explain("The capital of France is [MASK] .", output="Tokyo")
    assert found.words[0][2] == pytest.approx(again.steps["probability"].iloc[0], rel=1e-4)
    two = ex.edit({4: "[MASK]"})
    assert len(two.steps) == 2
    assert two.reading.places == tuple(i for i, label in enumerate(two.tokens.labels) if label == "[MASK]")
    several = ex.edit({(at, at + 1): "[MASK]" for at in (2, 3, 4)})
    assert len(several.steps) == 4
    twice = two.edit({2: "[MASK]"})
    assert (len(twice.steps), twice.reading.before) == (3, two.reading)
    model = ex.trace.model
    ids = model.tokenizer("The capital of [MASK] is [MASK] .", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        best = model.own(ids).logits[0, 4].topk(20).indices
    order = [model.tokenizer.decode(i).strip() for i in best]
    assert (
        words.likely((4, 5))
        == [word for word in order if word.isalnum() and word[0].isupper() and word != "Japan"][:4]
    )
    with pytest.raises(aw.AttrWidgetError, match="takes away the word that is explained"):
        words.tried(0, words.find({6: None}))


def test_words_of_a_classifier() -> None:
    ex = aw.load("demo-sentiment").explain("The plot was not boring at all.")
    at = ex.tokens.labels.index("not")
    words = ex.reading.changed_words
    said, *leading = words.tried(0, words.find({at: None})).words
    again = aw.load("demo-sentiment").explain("The plot was boring at all.").steps
    assert said[2] == pytest.approx(
        again.loc[again["token"] == ex.steps["token"].iloc[0], "probability"].item(), rel=1e-4
    )
    assert leading[0][2] == pytest.approx(again["probability"].iloc[0], rel=1e-4)
    assert "not" not in ex.edit({at: None}).tokens.labels


def test_words_of_a_source() -> None:
    ex = aw.load("demo-translation").explain("我的哥哥把便宜的書寄給了你。")
    other = ex.edit({0: "你"})
    assert other.tokens.labels[other.reading.first_step] == "Your"
    words = ex.reading.changed_words
    assert words.tried(0, words.find({0: "你"})).words[1][0] == "Your"
    assert words.likely((0, 1)) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "given by word or position"),
        ({99: "x"}, "input"),
        ({3: "x", (2, 4): None}, "changed twice"),
        ({(4, 6): "x"}, "not of one part"),
        ({(3, 3): "x"}, "empty"),
        ({3: 2.5}, "a text, a token id or None"),
        ({3: 10**6}, "does not exist"),
        ({(0, 5): None}, "Nothing would be left"),
    ],
)
def test_what_cannot_be_changed_is_one_sentence(ex: Any, changes: Any, sentence: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=sentence):
        ex.edit(changes)


def test_a_word_after_the_step_is_none_of_its_inputs(words: LiveChangedWords) -> None:
    with pytest.raises(aw.AttrWidgetError, match="not an input"):
        words.tried(0, words.find({5: "x"}))


def test_the_answer_before_is_shown_without_the_token_that_ends_it() -> None:
    before = aw.load("demo").explain("The capital of Japan is", max_new_tokens=20)
    assert before.tokens.special[-1]
    content = content_of(before.edit(FRANCE).reading)
    assert (
        content["answer_before"]
        == "".join(u.text for u in before.tokens.units[before.reading.first_step : -1]).strip()
    )
