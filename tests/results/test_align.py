"""Texts that are cut differently are aligned by their characters."""

from __future__ import annotations

from helpers.fake import FakeExplanation

from attrwidget.results.align import Group, groups_of, linked_steps, linked_units


def fake(texts: list[str], first: int, special: tuple[int, ...] = ()) -> FakeExplanation:
    return FakeExplanation(texts, first, {}, None, special=special)


def test_one_text_that_two_tokenizers_cut() -> None:
    one = fake(["<s>", "un", "happy", " Café", " now", " ok"], 5, special=(0,))
    other = fake(["[CLS]", "unhap", "##py"[2:], " cafe", " now", " o", "k"], 5, special=(0,))
    links = linked_units(one, other)
    assert links == [(1, 1), (2, 1), (2, 2), (3, 3), (4, 4), (5, 5), (5, 6)]
    assert groups_of(links, one, other) == [
        Group([1, 2], [1, 2]),
        Group([3], [3]),
        Group([4], [4]),
        Group([5], [5, 6]),
    ]
    assert linked_steps(one, other, links, 0) == [0, 1]
    assert linked_steps(other, one, [(v, u) for u, v in links], 1) == [0]


def test_words_are_whole_and_end_where_the_answer_begins() -> None:
    one = fake(["un", "happy", "!", " New", " Yo", "rk"], 5)
    other = fake(["un", "hap", "py", "!", " New", " Yo", "rk"], 6)
    links = linked_units(one, other)
    assert groups_of(links, one, other) == [
        Group([0, 1], [0, 1, 2]),
        Group([2], [3]),
        Group([3], [4]),
        Group([4], [5]),
        Group([5], [6]),
    ]


def test_two_texts_by_the_words_that_they_share() -> None:
    one = fake(["The", " capital", " of", " Japan", " is", " To", "kyo"], 5)
    other = fake(["The", " old", " capital", " of", " Peru", " is", " Lima"], 6)
    links = linked_units(one, other)
    assert links == [(0, 0), (1, 2), (2, 3), (4, 5)]
    # Other answers are compared step by step, as far as there are some.
    assert [linked_steps(one, other, links, step) for step in (0, 1)] == [[0], []]


def test_chinese_is_aligned_by_characters() -> None:
    one, other = fake(["我", "喜欢", "猫", "x"], 3), fake(["我喜", "欢", "狗", "x"], 3)
    assert linked_units(one, other) == [(0, 0), (1, 0), (1, 1), (3, 3)]


def test_labels_are_linked_by_name_whatever_their_order() -> None:
    one, other = fake(["good", " positive", " negative"], 1), fake(["good", "NEGATIVE", "POSITIVE"], 1)
    one.step_noun = other.step_noun = ("class", "classes")
    assert linked_units(one, other) == [(0, 0), (1, 2), (2, 1)]
