"""Texts and labels are taken in every form that people have them in, and mistakes are named."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import attrwidget as aw
from attrwidget.corpora.annotations import annotated

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Dogs  don't bark."
WORDS = ["Dogs", "do", "n't", "bark", "."]
POS = ["NOUN", "AUX", "PART", "VERB", "PUNCT"]
CONLLU = "".join(
    f"{at}\t{word}\t_\t{pos}\t_\t_\t_\t_\t_\t_\n"
    for at, (word, pos) in enumerate(zip(WORDS, POS, strict=True), 1)
)


class Doc(list[Any]):
    """What a spaCy pipeline returns, as far as its tokens go."""

    def __init__(self, text: str) -> None:
        at, tokens = 0, []
        for word, pos in zip(WORDS, POS, strict=True):
            at = text.index(word, at)
            entity = "ANIMAL" if word == "Dogs" else ""
            tokens.append(SimpleNamespace(text=word, idx=at, pos_=pos, dep_="x", ent_type_=entity))
            at += len(word)
        tokens.insert(1, SimpleNamespace(text=" ", idx=5, pos_="SPACE", dep_="", ent_type_=""))
        super().__init__(tokens)
        self.text = text


@pytest.mark.parametrize(
    ("texts", "annotations"),
    [
        ([TEXT], Doc),
        ([TEXT], [Doc(TEXT)]),
        ([Doc(TEXT)], None),
        (None, [Doc(TEXT)]),
        ([TEXT], CONLLU + "\n"),
        ([TEXT], [{"words": WORDS, "pos": POS}]),
    ],
)
def test_each_form_gives_the_same_words_and_parts_of_speech(texts: Any, annotations: Any) -> None:
    (found,) = annotated(texts, annotations)
    assert found.text == TEXT
    assert [found.text[start:end] for start, end in found.words] == WORDS
    assert found.labels["pos"] == POS


def test_entities_that_are_none_are_called_so() -> None:
    (found,) = annotated([TEXT], Doc)
    assert found.labels["entity"] == ["ANIMAL", "none", "none", "none", "none"]


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "x.conllu").write_text(CONLLU + "\n")
    for path in (tmp_path / "x.conllu", str(tmp_path / "x.conllu")):
        (found,) = annotated(path, None)
        assert found.labels == {"pos": POS}


def test_plain_texts_have_words_and_no_labels() -> None:
    (found,) = annotated(["我喜歡 Rock'n'roll."], None)
    assert [found.text[a:b] for a, b in found.words] == ["我", "喜", "歡", "Rock", "'", "n", "'", "roll", "."]
    assert found.labels == {}


@pytest.mark.parametrize(
    ("texts", "annotations", "sentence"),
    [
        (
            ["Cats meow."],
            [{"words": ["Dogs"], "pos": ["NOUN"]}],
            "'Dogs' does not stand in the text 'Cats meow.'",
        ),
        (["Dogs"], [{"words": ["Dogs"], "pos": []}], "has 0 labels for the 1 words"),
        (["Dogs", "Dogs"], [{"words": ["Dogs"]}], "Only the first 1 texts have annotations"),
        (["Dogs"], [{"words": ["Dogs"]}] * 2, "more annotations than texts"),
        (["Dogs"], [3], "Annotations are a spaCy pipeline"),
        (["Dogs"], [{"words": "Dogs"}], "The words of a text are a list like"),
        (["Dogs"], [{"words": [5]}], "The annotated word 5 does not stand"),
        (["Dogs"], [{"words": ["Dogs"], "pos": None}], "The labels 'pos' are a list like"),
        ({"text": ["Dogs"]}, None, "Texts are a list of texts"),
        (pd.DataFrame({"text": ["Dogs"]}), None, "Texts are a list of texts"),
        (["Dogs"], 3, "Texts are a list of texts, or a CoNLL-U file"),
    ],
)
def test_annotations_of_other_texts_are_refused(texts: Any, annotations: Any, sentence: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=sentence):
        list(annotated(texts, annotations))
