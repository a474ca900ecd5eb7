"""The annotated corpus is what its script writes, in sentences of the grammar, with labels that follow from it."""

from __future__ import annotations

from attrwidget.corpora.conllu import read_conllu
from attrwidget.demo.masked import annotate


def test_the_file_is_what_the_script_writes() -> None:
    assert annotate.FILE.read_text("utf-8") == annotate.conllu()
    assert annotate.FILE.stat().st_size < 150_000


def test_labels_follow_from_the_grammar() -> None:
    found = {one.text: one for one in read_conllu(annotate.FILE.read_text("utf-8"))}
    assert len(found) == annotate.COUNT
    one = found["What is Japan's language? Japanese."]
    words = [one.text[start:end] for start, end in one.words]
    assert words == ["What", "is", "Japan", "'s", "language", "?", "Japanese", "."]
    assert one.labels["pos"] == ["PRON", "AUX", "PROPN", "PART", "NOUN", "PUNCT", "PROPN", "PUNCT"]
    assert one.labels["role"] == ["frame", "frame", "entity", "frame", "relation", "frame", "answer", "frame"]


def test_as_is_of_three_parts_of_speech() -> None:
    tags = {
        (one.text[slice(*one.words[at])], one.labels["pos"][at])
        for one in read_conllu(annotate.FILE.read_text("utf-8"))
        for at in range(len(one.words))
    }
    assert {tag for word, tag in tags if word.lower() == "as"} == {"ADP", "ADV", "SCONJ"}
