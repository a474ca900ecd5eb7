"""CoNLL-U is read with its words where they stand, and its labels under plain names."""

from __future__ import annotations

import pytest

import attrwidget as aw
from attrwidget.corpora.conllu import read_conllu


def line(*cells: str) -> str:
    number, form, lemma, pos, dep, misc = cells
    return f"{number}\t{form}\t{lemma}\t{pos}\t_\t_\t0\t{dep}\t_\t{misc}"


FRENCH = "\n".join(
    [
        "# text = Je vais au parc.",
        line("1", "Je", "je", "PRON", "nsubj", "_"),
        line("2", "vais", "aller", "VERB", "root", "_"),
        line("3-4", "au", "_", "_", "_", "_"),
        line("3", "à", "à", "ADP", "case", "_"),
        line("4", "le", "le", "DET", "det", "_"),
        line("5", "parc", "parc", "NOUN", "obl", "NER=PLACE|SpaceAfter=No"),
        line("5.1", "aller", "aller", "VERB", "_", "_"),
        line("6", ".", ".", "PUNCT", "punct", "_"),
        "",
        "",
    ]
)


def test_words_labels_and_contractions() -> None:
    (found,) = read_conllu(FRENCH)
    assert found.text == "Je vais au parc."
    assert [found.text[start:end] for start, end in found.words] == ["Je", "vais", "au", "parc", "."]
    assert found.labels == {
        "pos": ["PRON", "VERB", "ADP+DET", "NOUN", "PUNCT"],
        "dep": ["nsubj", "root", "case+det", "obl", "punct"],
        "lemma": ["je", "aller", "à+le", "parc", "."],
        "entity": ["none", "none", "none", "PLACE", "none"],
    }


def test_without_a_text_the_words_are_joined_as_they_say() -> None:
    (found,) = read_conllu("\n".join(FRENCH.split("\n")[1:]))
    assert found.text == "Je vais au parc."


@pytest.mark.parametrize("data", ["", "no table", "a\tword"])
def test_what_is_no_conllu_is_refused(data: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match="This is no CoNLL-U"):
        list(read_conllu(data))
