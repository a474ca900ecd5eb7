"""Summaries count what stands there, by any label and any offset, checked on matches made by hand."""

from __future__ import annotations

import math

import pytest

import attrwidget as aw
from attrwidget.corpora.matches import Match, Matches
from attrwidget.corpora.read_text import ReadText

WORDS = ["The", "dog", "saw", "a", "cat"]
POS = ["DET", "NOUN", "VERB", "DET", "NOUN"]
TEXT = " ".join(WORDS)


def text() -> ReadText:
    spans, at = [], 0
    for word in WORDS:
        spans.append((at, at + len(word)))
        at += len(word) + 1
    return ReadText(TEXT, [0, 1, 2, 3, 4, 5], None, [(0, 0), *spans], spans, {"pos": POS})


def match(token: int, attention: tuple[float, ...] | None) -> Match:
    return Match(0, text(), token, 0.5, attention)


NAN = math.nan
FOUND = Matches(
    [
        match(2, (0.6, 0.1, 0.2, 0.0, 0.0)),  # dog reads The
        match(5, (NAN, 0.1, 0.2, 0.0, 0.6)),  # cat reads itself
        match(5, (0.5, 0.1, 0.2, 0.0, 0.0)),  # cat reads The, four words before it
    ],
    ["pos"],
    "'dog'",
)


def test_labels_of_the_matched_the_next_and_the_most_attended_word() -> None:
    assert FOUND.summary("pos").to_dict("index") == {"NOUN": {"count": 3, "share": 1.0}}
    assert FOUND.summary(of="next").to_dict("index") == {"saw": {"count": 1, "share": 1.0}}
    attended = FOUND.summary("pos", of="attended")
    assert attended["count"].to_dict() == {"DET": 2, "NOUN": 1}
    assert attended["share"].to_dict() == pytest.approx({"DET": 2 / 3, "NOUN": 1 / 3})


def test_labels_by_offset() -> None:
    assert FOUND.summary("word", of=-1)["count"].to_dict() == {"a": 2, "the": 1}
    assert FOUND.summary("pos", of=-2)["count"].to_dict() == {"VERB": 2}
    assert FOUND.summary("word", of=3)["count"].to_dict() == {"cat": 1}


def test_how_far_the_most_attended_word_stands() -> None:
    counts = FOUND.offsets()["count"].to_dict()
    assert list(counts) == ["< -3", -3, -2, -1, 0, 1, 2, 3, "> 3"]
    assert {name: count for name, count in counts.items() if count} == {-1: 1, 0: 1, "< -3": 1}


def test_a_match_as_a_row_and_as_text() -> None:
    row = FOUND.to_pandas().iloc[0]
    assert (row["before"], row["match"], row["after"]) == ("The ", "dog", " saw a cat")
    assert (row["pos"], row["next"], row["attended"], row["offset"]) == ("NOUN", "saw", "The", -1)
    assert "The [dog] saw a cat" in repr(FOUND)
    assert repr(FOUND[:1]).startswith("1 matches of 'dog'")


def test_what_cannot_be_summed_up_is_named() -> None:
    with pytest.raises(
        aw.AttrWidgetError, match=r"no annotation 'poss' \(did you mean 'pos'\?\): take one of word, pos"
    ):
        FOUND.summary("poss")
    for of in (4, "before", 1.5):
        with pytest.raises(aw.AttrWidgetError, match="There is no word"):
            FOUND.summary(of=of)  # type: ignore[arg-type]
    blind = Matches([match(2, None)], ["pos"], "'dog'")
    with pytest.raises(aw.AttrWidgetError, match="shows no attention"):
        blind.offsets()
