"""Labels, changed texts and named units are read from what models write around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrwidget.self_explanation.read_words import (
    changed_share,
    read_changed,
    read_label,
    read_named,
    read_quoted,
)
from attrwidget.self_explanation.units import units_of

LABELS = ("positive", "negative")
TEXT = "The film was not good, it was (very) bad."
UNITS = units_of(TEXT)


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("Positive.", "positive"),
        ("**negative**", "negative"),
        ("The answer is: negative!", "negative"),
        ("positive, not negative", "positive"),
        ("<think>positive, or so</think>\nnegative", "negative"),
        ("positive or negative", None),
        ("It is both negative and positive.", None),
        ("It is not positive", None),
        ("positively", None),
        ("", None),
    ],
)
def test_labels(answer: str, label: str | None) -> None:
    assert read_label(answer, LABELS) == label


def test_a_longer_label_comes_before_one_inside_it() -> None:
    labels = ("positive", "very positive")
    assert read_label("Very positive!", labels) == "very positive"
    assert read_label("I say: very positive", labels) == "very positive"
    assert read_label("I say: positive", labels) == "positive"


@pytest.mark.parametrize(
    "answer",
    [
        "<text>The film was good.</text>",
        "Sure!\n<text>The film was good.",
        "Changed text: The film was good.",
        'One could write "The film was good." instead.',
        "The film was good.",
        f"Original text: {TEXT}\nNew text with changes: The film was good.",
        "```\nThe film was good.\n```",
    ],
)
def test_a_changed_text(answer: str) -> None:
    assert read_changed(answer, TEXT) == "The film was good."


@pytest.mark.parametrize(
    "answer", ["", "I cannot.", TEXT, "<text></text>", f"<text> {TEXT} </text>", "word " * 500]
)
def test_no_changed_text(answer: str) -> None:
    assert read_changed(answer, TEXT) is None


def test_how_much_was_changed() -> None:
    assert changed_share("a b x d", "a b c d") == 0.25
    assert changed_share("a b d", "a b c d") == 0.25
    assert changed_share("w x y z", "a b c d") == 1


@pytest.mark.parametrize(
    ("answer", "speaking", "against"),
    [
        ("For: 5, 8 and 9, because.\nAgainst: none", {4, 7, 8}, set()),
        ("**For:** [4, 9] strong\n**Against:** 5 – weak", {3, 8}, {4}),
        ('- For: "not good" says so\n- Against: nothing', {3, 4}, set()),
        ('{"for": [1, 2], "against": []}', {0, 1}, set()),
        ("For: 99\nAgainst: 1", None, {0}),
        ("I cannot say.", None, None),
    ],
)
def test_named_units(answer: str, speaking: set[int] | None, against: set[int] | None) -> None:
    found = read_named(answer, UNITS)
    assert (found.speaking, found.against) == (speaking, against)


def test_a_reason_is_kept_without_its_numbers() -> None:
    assert read_named("For: 5, 8: praise.\nAgainst: none", UNITS).speaking_words == "praise"


def test_quoted_units() -> None:
    assert read_quoted("“not good” and 'bad' say it; it isn't 'blue'", UNITS) == {3, 4, 8}
    assert read_quoted(f'"{TEXT}"', UNITS) == set()


@given(
    answer=st.one_of(st.text(max_size=300), st.text(alphabet="For:Against 123,\n\"'<text>/*", max_size=300))
)
def test_a_fuzz_of_answers_raises_nothing(answer: str) -> None:
    assert read_label(answer, LABELS) in (*LABELS, None)
    changed = read_changed(answer, TEXT)
    assert changed is None or changed.strip()
    every = set(range(len(UNITS)))
    for found in (*read_named(answer, UNITS)[:2], read_quoted(answer, UNITS)):
        assert found is None or found <= every
