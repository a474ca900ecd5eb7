"""The strongest documents are parted among their sentences: by masks made by hand, in D + S forward passes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.tiny import build, byte_tokenizer

import attrwidget as aw
from attrwidget.engine.perturb import Perturber

DOCUMENTS = [
    "Ottawa is cold. It is a city. It has snow.",
    "Lima is dry. It is by the sea.",
    "Rome is old. It is on hills.",
    "Oslo is dark. It has boats.",
]


@pytest.fixture
def ex() -> Any:
    model = aw.load(build("llama"), byte_tokenizer())
    return model.explain("Which is it?", documents=DOCUMENTS, output=" It is Ottawa.")


def sentences_of(document: str) -> int:
    return document.count(".")


def test_documents_and_sentences_take_a_pass_each(ex: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[tuple[int, ...]] = []
    own = Perturber.logits

    def counted(self: Perturber, groups: Any) -> Any:
        run.extend(groups)
        return own(self, groups)

    monkeypatch.setattr(Perturber, "logits", counted)
    ex.by_unit(refine="sentence")
    falls = ex.by_unit(normalize=None).to_numpy()[0]
    strongest = np.argsort(-falls)[:2]
    groups = [group for group in run if group]
    assert len(groups) == len(DOCUMENTS) + sum(sentences_of(DOCUMENTS[at]) for at in strongest)
    assert len(set(groups)) == len(groups)


def test_parts_add_up_to_their_document_and_go_by_their_own_falls(ex: Any) -> None:
    whole = ex.by_unit(normalize=None)
    parted = ex.by_unit(refine="sentence", normalize=None)
    np.testing.assert_allclose(
        parted.T.groupby(level="document", sort=False).sum().T.to_numpy(), whole.to_numpy(), rtol=1e-6
    )
    refined = [name for name, count in parted.columns.get_level_values(0).value_counts().items() if count > 1]
    assert set(refined) == set(whole.columns[np.argsort(-whole.to_numpy()[0])[:2]])
    for name in refined:
        parts = parted[name]
        assert len(parts.columns) == sentences_of(DOCUMENTS[int(name[1]) - 1])
        own = [ex.by_unit([span], normalize=None).to_numpy()[0, 0] for span in spans_of(ex, name)]
        positive = np.maximum(own, 0)
        if positive.sum() > 0:
            expected = whole[name].iloc[0] * positive / positive.sum()
            np.testing.assert_allclose(parts.to_numpy()[0], expected, rtol=1e-4)


def spans_of(ex: Any, name: str) -> list[tuple[int, int]]:
    """The sentences of a document, by the full stops in its tokens."""
    section = next(one for one in ex.trace.context_spans["document"] if one.title == name)
    starts, text = [section.start], ""
    for piece in ex.tokens.units:
        if section.start <= piece.start < section.end:
            if text.endswith("."):
                starts.append(piece.start)
                text = ""
            text += piece.text
    return list(zip(starts, [*starts[1:], section.end], strict=True))


def test_words_of_the_strongest_sentence(ex: Any) -> None:
    words = ex.by_unit(refine="word", normalize=None)
    sentences = ex.by_unit(refine="sentence", normalize=None)
    assert len(words.columns) > len(sentences.columns)
    totals = [one.to_numpy().sum() for one in (words, sentences)]
    np.testing.assert_allclose(*totals, rtol=1e-6)
    assert words.attrs["refine"] == "word"
    np.testing.assert_allclose(ex.by_unit(refine="word").to_numpy().sum(), 1, rtol=1e-6)


def test_what_cannot_be_refined(ex: Any) -> None:
    with pytest.raises(aw.AttrWidgetError, match="refine= leaves units out"):
        ex.by_unit("document", "saliency", refine="sentence")
    with pytest.raises(aw.AttrWidgetError, match="refine"):
        ex.by_unit(refine="letter")
