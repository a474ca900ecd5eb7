"""Labels are predicted from other texts alone; the bundled corpus tells which are right, and each layer how many."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

import attrwidget as aw

if TYPE_CHECKING:
    from attrwidget.corpora.corpus import Corpus

K = 10


def states(masked: Any, text: str, layer: int) -> Any:
    ids = torch.tensor([masked.tokenizer(text)["input_ids"]])
    with torch.no_grad():
        return masked.hf.bert(ids, output_hidden_states=True).hidden_states[layer + 1][0]


def test_the_vote_is_that_of_brute_force_over_the_other_texts(demo: Corpus, masked: Any) -> None:
    layer, table = 1, demo.predict("role", 1)
    truth, vectors = [], []
    for number, text in enumerate(demo._store.texts):
        rows = states(masked, text.text, layer)
        for word, label in enumerate(text.labels["role"]):
            vectors.append(rows[text.tokens_of(word)[-1]].numpy())
            truth.append((number, label))
    space = np.array(vectors, np.float64)
    space /= np.linalg.norm(space, axis=1, keepdims=True)
    assert table["label"].tolist() == [label for _, label in truth]
    for at in range(0, len(truth), 61):
        cosines = space @ space[at]
        others = [i for i in np.argsort(-cosines) if truth[i][0] != truth[at][0]]
        votes = Counter(truth[i][1] for i in others[:K])
        share = table["share"][at]
        assert votes[table["predicted"][at]] / K == pytest.approx(share)
        assert share == max(votes.values()) / K


def test_accuracy_by_layer_is_the_share_of_right_rows(demo: Corpus) -> None:
    found = demo.accuracy("pos")
    assert found.index.tolist() == [0, 1, 2]
    for layer in demo.layers:
        table = demo.predict("pos", layer)
        assert found["accuracy"][layer] == pytest.approx((table["label"] == table["predicted"]).mean())
        assert found["words"][layer] == len(table)
    # The first layers still tell a word from another; the last has turned to what is masked.
    assert found["accuracy"][0] > 0.9 > found["accuracy"][2] > found["commonest"][2]


def test_the_role_of_a_word_is_known_better_than_by_the_word_alone(demo: Corpus) -> None:
    found = demo.accuracy("role")
    assert found["accuracy"][1] > found["same_word"][1] + 0.1


def test_a_masked_word_is_told_by_its_context(masked: Any) -> None:
    texts = [f"The capital of {place} is {city}." for place, city in (("Japan", "Tokyo"), ("Italy", "Rome"))]
    words = [{"words": text[:-1].split(), "pos": ["D", "N", "A", "P", "V", "P"]} for text in texts]
    corpus = aw.corpus(texts, masked, annotations=words)
    table = corpus.predict("pos", 0, k=1, masked=True)
    hidden = [
        [
            states(masked, text.replace(word, "[MASK]", 1), 0)[at + 1]
            for at, word in enumerate(text[:-1].split())
        ]
        for text in texts
    ]
    for row, state in zip(table.to_dict("records"), [*hidden[0], *hidden[1]], strict=True):
        others = torch.stack(hidden[1 - row["text"]])
        nearest = int(torch.cosine_similarity(state[None], others).argmax())
        assert row["predicted"] == words[0]["pos"][nearest]


def test_equal_texts_do_not_tell_each_other(masked: Any) -> None:
    text = "The capital of Japan is Tokyo."
    labelled = {"words": ["Tokyo"], "kind": ["city"]}
    other = {"words": ["Rome"], "kind": ["town"]}
    corpus = aw.corpus([text, text, "It is Rome."], masked, annotations=[labelled, labelled, other])
    assert corpus.predict("kind", 0)["predicted"].tolist() == ["town", "town", "city"]


def test_guesses_without_a_model_are_counted_from_other_texts(masked: Any) -> None:
    texts, labels = ["a b", "a c", "a d"], [["X", "Y"], ["X", "X"], ["Y", "Y"]]
    rows = [{"words": text.split(), "pos": label} for text, label in zip(texts, labels, strict=True)]
    found = aw.corpus(texts, masked, layers=0, annotations=rows).accuracy("pos")
    # The others of the first text say X and Y twice each, and X came first; of the second Y, of the third X.
    assert found["commonest"][0] == pytest.approx(np.mean([1, 0, 0, 0, 0, 0]))
    # "a" is X or Y for the first text, X or Y for the second, X for the third; b, c and d stand nowhere else.
    assert found["same_word"][0] == pytest.approx(np.mean([1, 0, 1, 0, 0, 0]))


def test_what_cannot_be_predicted_is_named(demo: Corpus, small: Corpus, causal: Any, masked: Any) -> None:
    with pytest.raises(aw.AttrWidgetError, match=r"There is no annotation 'poss'.*the corpus has pos, role"):
        demo.predict("poss")
    with pytest.raises(aw.AttrWidgetError, match="has none: give annotations="):
        small.accuracy("pos")
    with pytest.raises(aw.AttrWidgetError, match="k is a whole number"):
        demo.predict("pos", k=0)
    with pytest.raises(aw.AttrWidgetError, match="has one text"):
        aw.corpus(["a b"], masked, annotations=[{"words": ["a"], "pos": ["X"]}]).predict("pos")
    two = [{"words": ["a"], "pos": ["X"]}] * 2
    with pytest.raises(aw.AttrWidgetError, match="has no mask"):
        aw.corpus(["a b", "a c"], causal, annotations=two).predict("pos", masked=True)
