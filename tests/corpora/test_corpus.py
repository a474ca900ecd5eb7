"""A search finds what the model treats alike, by its state or by its heads, and an Explanation can ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from corpora.conftest import FACTS, TEXTS
from helpers.real import MINILM, SMOLLM2, minilm_folder, missing, smollm2
from transformers import AutoModelForMaskedLM

import attrwidget as aw
from attrwidget import demo

if TYPE_CHECKING:
    from attrwidget.corpora.corpus import Corpus

ATHENS = "The capital of Greece is Athens."


def test_capitals_are_like_capitals(small: Corpus) -> None:
    found = small.similar(ATHENS, "Athens", layer=1, k=4)
    assert sorted(match.text.text[slice(*match.span)] for match in found) == [
        "Berlin",
        "Paris",
        "Rome",
        "Tokyo",
    ]


def test_the_similarity_is_the_cosine_of_the_models_own_states(small: Corpus, masked: Any) -> None:
    best = small.similar(ATHENS, "Athens", layer=0, k=1)[0]
    states = []
    for text, token in ((ATHENS, 6), (best.text.text, best.token)):
        ids = torch.tensor([masked.tokenizer(text)["input_ids"]])
        with torch.no_grad():
            states.append(masked.hf.bert(ids, output_hidden_states=True).hidden_states[1][0, token])
    assert best.similarity == pytest.approx(float(torch.cosine_similarity(*states, dim=0)), abs=1e-5)


def test_a_text_of_the_corpus_does_not_find_itself(small: Corpus) -> None:
    found = small.similar(TEXTS[0], "Tokyo", k=100)
    assert {match.number for match in found} == {1, 2, 3, 4, 5}


def test_attention_is_that_of_the_chosen_heads(small: Corpus) -> None:
    match = small.similar(ATHENS, "Athens", layer=1, heads=[0, 2], k=1)[0]
    own = AutoModelForMaskedLM.from_pretrained(demo.path("demo-masked"), attn_implementation="eager")
    with torch.no_grad():
        weights = own(torch.tensor([match.text.ids]), output_attentions=True).attentions[1][0]
    row = weights[[0, 2]].mean(0)[match.token, 1:-1].numpy()
    assert match.attention is not None
    np.testing.assert_allclose(match.attention, row, atol=1e-6)  # each word is one token here
    assert match.attended == int(row.argmax())


def test_a_first_token_in_no_word_takes_nothing_from_the_words(causal: Any) -> None:
    texts = ["The capital of Japan is Tokyo.", "The capital of Italy is Rome."]
    corpus = aw.corpus(texts, causal, annotations=[{"words": ["capital"]}, {"words": []}])
    for layer in corpus.layers:
        for match in corpus.similar("The capital of France is", "France", layer=layer):
            assert np.isfinite(match.attention).all()


def test_an_explanation_asks_where_its_word_is_read(small: Corpus, masked: Any, causal: Any) -> None:
    text = "The capital of [MASK] is Berlin."
    ex = masked.explain(text)
    by_text = small.similar(text, "[MASK]", layer=1)
    assert small.similar(ex, layer=1).to_pandas().equals(by_text.to_pandas())
    written = causal.explain("The capital of Greece is", output=" Athens")
    corpus = aw.corpus(TEXTS, causal)
    found = corpus.similar(written, k=4)
    assert {match.text.text[slice(*match.span)] for match in found} == {"is"}
    assert [row["next"] for _, row in found.to_pandas().iterrows()] == [
        row.text.text.split()[-1].rstrip(".") for row in found
    ]
    assert corpus.similar(written, "Athens", k=1)[0].similarity < 1


def test_an_encoder_alone_reads_a_translation() -> None:
    model: Any = aw.load("demo-translation")
    corpus = aw.corpus(["我喜歡你。", "我的哥哥把書寄給了你。"], model)
    ex = model.explain("我們喜歡的手錶很重。", max_new_tokens=3)
    assert corpus.similar(ex, 1, k=2)[0].similarity <= 1
    with pytest.raises(aw.AttrWidgetError, match="choose a word of the source"):
        corpus.similar(ex)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"token": "Sparta"}, "'Sparta' is no word of the text"),
        ({"token": None}, "Name the token"),
        ({"token": 99}, "There is no token 99: the text's tokens are indexed from 0 to 8"),
        ({"token": 1.5}, "named by its index or as a word"),
        (
            {"what": "Rome is Rome.", "token": "Rome"},
            "stands 2 times in the text: give the index of its token, one of",
        ),
        ({"what": 3}, "Search for a token of a text or of an Explanation, not of 3"),
        ({"layer": 7}, "does not hold layer 7: take one of 0, 1, 2"),
        ({"heads": [9]}, "There is no head 9: heads are indexed from 0 to 3"),
        ({"heads": []}, "There is no head"),
        ({"k": 0}, "k is a whole number of matches from 1"),
    ],
)
def test_what_is_not_there_is_named(small: Corpus, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=sentence):
        small.similar(**{"what": ATHENS, "token": "Athens"} | given)


def test_another_models_explanation_is_refused(small: Corpus, causal: Any) -> None:
    with pytest.raises(aw.AttrWidgetError, match="the corpus was read by demo-masked"):
        small.similar(causal.explain("The capital of Japan is"))


@pytest.mark.slow
@pytest.mark.skipif(bool(missing(SMOLLM2)), reason=missing(SMOLLM2) or "")
def test_smollm2_finds_places() -> None:
    model = smollm2()
    corpus = aw.corpus(TEXTS, model, layers=[5, 29])
    found = corpus.similar(ATHENS, "Athens", layer=5, k=4).to_pandas()
    assert set(found["match"]) <= {name for fact in FACTS for name in fact}
    by_heads = corpus.similar(model.explain("The capital of Spain is", output=" Madrid"), heads=[0, 4], k=3)
    assert all(match.text.text[slice(*match.span)] == "is" for match in by_heads)


@pytest.mark.slow
@pytest.mark.skipif(bool(missing(MINILM)), reason=missing(MINILM) or "")
def test_minilm_finds_places() -> None:
    model: Any = aw.load(minilm_folder(), task="feature-extraction")
    corpus = aw.corpus(TEXTS, model)
    assert (corpus.layers, corpus.n_heads) == ([0, 1, 2, 3, 4, 5], 12)
    found = corpus.similar(ATHENS, "Athens", layer=2, k=4).to_pandas()
    assert set(found["match"]) <= {name for fact in FACTS for name in fact}
    assert corpus.similar(model.explain(ATHENS), 6, layer=2, k=4).to_pandas().equals(found)
