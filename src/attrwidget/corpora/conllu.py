"""Read CoNLL-U, the format of Universal Dependencies, by the library ``conllu``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.corpora.texts import placed
from attrwidget.errors import AttrWidgetError, first_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from attrwidget.corpora.texts import AnnotatedText

_COLUMNS = {"pos": "upos", "dep": "deprel", "lemma": "lemma"}
_NO_NAMES = ("SpaceAfter", "SpacesAfter", "SpacesBefore", "start_char", "end_char", "Translit", "Gloss")


def read_conllu(data: str) -> Iterator[AnnotatedText]:
    """Yield the sentences of *data* with the labels ``pos``, ``dep`` and ``lemma``, and those of the last column.

    A named entity there (``NER=`` or ``Entity=``) is called ``entity``. A surface word that stands for several has
    their labels, joined by ``+``. Labels that no word of the data has are left out.

    Raises:
        AttrWidgetError: It is no CoNLL-U, or ``conllu`` is not installed.
    """
    sentences = _parsed(data)
    rows = [[row for row in _surface(sentence) if row["form"]] for sentence in sentences]
    extra = {
        key: None for sentence in rows for row in sentence for key in row["misc"] if key not in _NO_NAMES
    }
    used = [
        name
        for name, column in _COLUMNS.items()
        if any(row[column] not in ("_", "") for sentence in rows for row in sentence)
    ]
    for sentence, words in zip(sentences, rows, strict=True):
        text = sentence.metadata.get("text") or _joined(words)
        labels = {name: [row[_COLUMNS[name]] for row in words] for name in used}
        labels |= {_named(key): [row["misc"].get(key, "") for row in words] for key in extra}
        yield placed(text, [row["form"] for row in words], labels)


def _parsed(data: str) -> list[Any]:
    try:
        import conllu
    except ImportError:
        raise AttrWidgetError(
            "CoNLL-U is read by the library conllu, which is not installed: pip install 'attrwidget[corpus]'."
        ) from None
    try:
        found = conllu.parse(data)
    except conllu.exceptions.ParseException as error:
        raise AttrWidgetError(f"This is no CoNLL-U: {first_line(error)}.") from error
    if not any(len(sentence) for sentence in found):
        raise AttrWidgetError(
            "This is no CoNLL-U: it has no sentence with words, each on a line of ten columns."
        )
    return [sentence for sentence in found if len(sentence)]


def _surface(sentence: Any) -> Iterator[dict[str, Any]]:
    """Yield the words as they stand in the text."""
    covered: dict[int, dict[str, Any]] = {}
    for token in sentence:
        number = token["id"]
        if isinstance(number, tuple) and number[1] == "-":
            row = _row(token) | dict.fromkeys(_COLUMNS.values(), "")
            covered |= dict.fromkeys(range(number[0], number[2] + 1), row)
            yield row
        elif isinstance(number, int) and number in covered:
            row = covered[number]
            for column in _COLUMNS.values():
                row[column] = "+".join(filter(None, (row[column], _row(token)[column])))
            row["misc"] = _row(token)["misc"] | row["misc"]
        elif isinstance(number, int):
            yield _row(token)


def _row(token: Any) -> dict[str, Any]:
    row = {column: token.get(column) or "" for column in _COLUMNS.values()}
    return row | {"form": token["form"], "misc": dict(token.get("misc") or {})}


def _joined(words: list[dict[str, Any]]) -> str:
    return "".join(
        row["form"] + ("" if row["misc"].get("SpaceAfter") == "No" else " ") for row in words
    ).strip()


def _named(key: str) -> str:
    return "entity" if key in ("NER", "Entity") else key.lower()
