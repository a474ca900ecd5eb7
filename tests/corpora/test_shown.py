"""What the widget is given of a search: words in context with what the match reads, and the summaries of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.page import Page

import attrwidget as aw

if TYPE_CHECKING:
    from attrwidget.corpora.corpus import Corpus

ASKED = {"step": 0, "token": None, "layer": 1, "heads": None, "k": 5}


@pytest.fixture(scope="module")
def ex(masked: Any, demo: Corpus) -> aw.Explanation:
    explained: aw.Explanation = masked.explain("The capital of [MASK] is Berlin.").with_corpus(demo)
    return explained


def test_a_page_is_answered_with_what_python_finds(ex: aw.Explanation, demo: Corpus) -> None:
    meta, buffer = Page(ex).ask("similar", {**ASKED, "heads": [1, 2]})
    numbers = np.frombuffer(buffer, "<f4")
    found = demo.similar(ex, layer=1, heads=[1, 2], k=5)
    np.testing.assert_array_equal(numbers[:5], np.float32([match.similarity for match in found]))
    at = 5
    for shown, match in zip(meta["matches"], found, strict=True):
        words = shown["parts"][1::2]
        assert match.word is not None
        first = match.word - shown["word"]
        assert words == [match.text.text[a:b] for a, b in match.text.words[first : first + len(words)]]
        assert "".join(shown["parts"]).strip("… ") in match.text.text
        assert match.attention is not None
        weights = match.attention[first : first + len(words)]
        np.testing.assert_array_equal(numbers[at : at + len(words)], np.float32(weights))
        assert shown["labels"]["pos"] == match.text.labels["pos"][first : first + len(words)]
        at += len(words)
    assert at == len(numbers)
    assert (
        dict(map(tuple, meta["summaries"]["pos"]["next"])) == found.summary("pos", "next")["count"].to_dict()
    )
    assert [count for _, count in meta["offsets"]] == found.offsets()["count"].tolist()


def test_a_long_text_is_cut_around_the_match(masked: Any) -> None:
    text = "Hello! " * 10 + "The capital of Japan is Tokyo. " + "Good morning. " * 10
    corpus = aw.corpus([text], masked, layers=0)
    ex = masked.explain("The capital of [MASK] is Berlin.").with_corpus(corpus)
    meta, _ = Page(ex).ask("similar", {**ASKED, "token": 6, "step": None, "layer": 0, "k": 1})
    (shown,) = meta["matches"]
    assert shown["parts"][0] == "… "
    assert shown["parts"][-1] == " …"
    assert len(shown["parts"]) == 2 * 25 + 1


def test_the_page_is_told_of_the_corpus_and_an_exported_one_is_not(ex: aw.Explanation, masked: Any) -> None:
    assert ex.widget.content["corpus"] == {
        "texts": 200,
        "tokens": 2452,
        "layers": [0, 1, 2],
        "heads": 4,
        "annotations": ["pos", "role"],
    }
    assert '"corpus"' not in ex.to_html()
    later = masked.explain("The capital of [MASK] is Berlin.")
    assert "corpus" not in later.widget.content
    later.with_corpus(aw.corpus(["It is raining today."], masked, layers=0))
    assert later.widget.content["corpus"]["texts"] == 1


def test_another_text_in_the_widget_keeps_its_corpus(masked: Any, demo: Corpus) -> None:
    ex = masked.explain("The capital of [MASK] is Berlin.").with_corpus(demo)
    ex.widget._show(masked.explain("The capital of [MASK] is Paris.").reading)
    assert ex.widget.content["corpus"]["texts"] == 200


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"step": 9}, "There is no step 9"),
        ({"step": None}, "Name the word to search for"),
        ({"token": 99}, "There is no input 99"),
        ({"layer": 5}, "does not hold layer 5"),
        ({"heads": [7]}, "There is no head 7"),
        ({"heads": 7}, "Heads are a list"),
        ({"k": 51}, "k is a whole number of matches from 1 to 50"),
    ],
)
def test_a_page_that_asks_for_what_is_not_there_gets_a_sentence(
    ex: aw.Explanation, asked: dict[str, Any], sentence: str
) -> None:
    assert sentence in Page(ex).error("similar", {**ASKED, **asked})


def test_without_a_corpus_a_page_is_told_how_to_give_one(masked: Any) -> None:
    ex = masked.explain("The capital of [MASK] is Berlin.")
    assert "ex.with_corpus(corpus)" in Page(ex).error("similar", ASKED)


def test_a_classifier_asks_for_a_word() -> None:
    model: Any = aw.load("demo-sentiment")
    corpus = aw.corpus(["The film was not boring at all."], model, layers=2)
    ex = model.explain("The plot was awful.").with_corpus(corpus)
    assert "choose a word of the text" in Page(ex).error("similar", {**ASKED, "layer": 2})
    meta, _ = Page(ex).ask("similar", {**ASKED, "layer": 2, "step": None, "token": 4, "k": 1})
    assert meta["name"] == ex.tokens.labels[4]


def test_a_corpus_of_another_model_is_refused(demo: Corpus, causal: Any) -> None:
    with pytest.raises(aw.AttrWidgetError, match="the corpus was read by demo-masked"):
        causal.explain("The capital of Japan is").with_corpus(demo)
