"""Take texts and annotations in the forms that people have them in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrwidget.checks import short
from attrwidget.corpora.conllu import read_conllu
from attrwidget.corpora.texts import AnnotatedText, placed, plain_text
from attrwidget.errors import AttrWidgetError
from attrwidget.files import read_text

_FORMS = (
    "a spaCy pipeline, a list of spaCy's Docs, a CoNLL-U file or its text, or for each text a dictionary such as "
    "{'words': ['a', 'dog'], 'pos': ['DET', 'NOUN']}"
)
_GONE = object()


def annotated(texts: Any, annotations: Any) -> Iterator[AnnotatedText]:
    """Yield *texts* with the labels that *annotations* give their words.

    Args:
        texts: Texts, spaCy's Docs, or a CoNLL-U file; None to take the texts of *annotations*.
        annotations: See ``attrwidget.corpus``.

    Raises:
        AttrWidgetError: They have another form, or do not belong together.
    """
    if texts is None:
        texts, annotations = annotations, None
    given = _sentences(texts)
    if annotations is None:
        yield from (_own(one) for one in given)
        return
    if callable(annotations):
        yield from (_of_doc(annotations(_text(one))) for one in given)
        return
    yield from _matched(given, iter(_sentences(annotations)))


def _matched(texts: Iterable[Any], labels: Iterator[Any]) -> Iterator[AnnotatedText]:
    for number, one in enumerate(texts):
        label = next(labels, _GONE)
        if label is _GONE:
            raise AttrWidgetError(f"Only the first {number} texts have annotations: give some for each text.")
        yield _labelled(_text(one), label)
    if next(labels, _GONE) is not _GONE:
        raise AttrWidgetError("There are more annotations than texts: give one for each text.")


def _labelled(text: str, label: Any) -> AnnotatedText:
    if isinstance(label, Mapping) and "words" in label:
        return placed(text, label["words"], {name: row for name, row in label.items() if name != "words"})
    found = label if isinstance(label, AnnotatedText) else _of_doc(label)
    words = [found.text[start:end] for start, end in found.words]
    return found if found.text == text else placed(text, words, found.labels)


def _sentences(given: Any) -> Iterable[Any]:
    """Return the items of *given*; those of CoNLL-U are read."""
    is_file = isinstance(given, Path) or (
        isinstance(given, str) and given.endswith(".conllu") and "\n" not in given
    )
    if is_file:
        return read_conllu(read_text(given))
    if isinstance(given, str) and "\t" in given and "\n" in given:
        return read_conllu(given)
    # A table or a dictionary would give its names.
    if isinstance(given, str | Mapping) or hasattr(given, "columns") or not isinstance(given, Iterable):
        raise AttrWidgetError(
            f"Texts are a list of texts, or a CoNLL-U file (x.conllu), and annotations are {_FORMS}; "
            f"not {short(given)}."
        )
    return given


def _own(one: Any) -> AnnotatedText:
    if isinstance(one, str):
        return plain_text(one)
    return one if isinstance(one, AnnotatedText) else _of_doc(one)


def _text(one: Any) -> str:
    return one if isinstance(one, str) else _own(one).text


def _of_doc(doc: Any) -> AnnotatedText:
    """Return a spaCy ``Doc``, known by its tokens' ``idx``, ``pos_``, ``dep_`` and ``ent_type_``."""
    try:
        tokens = [token for token in doc if token.text.strip()]
        spans = [(int(token.idx), int(token.idx) + len(token.text)) for token in tokens]
        text = str(doc.text)
        columns = {"pos": "pos_", "dep": "dep_", "entity": "ent_type_"}
        labels = {name: [str(getattr(t, field, "")) for t in tokens] for name, field in columns.items()}
    except (AttributeError, TypeError):
        raise AttrWidgetError(f"Annotations are {_FORMS}; not {short(doc)}.") from None
    used = {name: column for name, column in labels.items() if any(column)}
    words = [text[start:end] for start, end in spans]
    return placed(text, words, used)._replace(words=spans)
