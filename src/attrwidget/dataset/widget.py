"""The widget of a collection: its texts as a table, and below it the explanation of the one that is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import anywidget
import ipywidgets
import traitlets

from attrwidget.dataset.query import Query
from attrwidget.errors import AttrWidgetError
from attrwidget.page.bundle import read_bundle

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from attrwidget.dataset.index import Index
    from attrwidget.saved import SavedExplanation

_ANSWERS, _WORDS, _LETTERS, _TEXTS = 30, 20, 300, 100
_LEAST = 0.001  # of all texts: a word that is rarer says little of them


class _Explained(Protocol):
    """What the widget reads of a ``Collection``."""

    @property
    def index(self) -> Index: ...
    @property
    def methods(self) -> list[str]: ...
    @property
    def model_name(self) -> str: ...
    def __len__(self) -> int: ...
    def __getitem__(self, text: int, /) -> SavedExplanation: ...
    def words(self, by: str | None = None) -> pd.DataFrame: ...


class CollectionTable(anywidget.AnyWidget):
    """The table of a collection's texts, of which the page asks for a few at a time (docs/protocol.md)."""

    _esm = traitlets.Unicode().tag(sync=True)
    about = traitlets.Dict(read_only=True, help="What the texts have in common.").tag(sync=True)
    chosen = traitlets.Int(None, allow_none=True, help="The id of the text that is explained.").tag(sync=True)

    def __init__(self, collection: _Explained) -> None:
        self._collection = collection
        self.set_trait("about", _about(collection))
        super().__init__(_esm=read_bundle("collection.js"))
        self.on_msg(self._asked)

    def _asked(self, _widget: Any, content: Mapping[str, Any], _buffers: Any) -> None:
        try:
            answer: dict[str, Any] = {"meta": self.answer(content["op"], content.get("args", {}))}
        except (AttrWidgetError, KeyError, TypeError, ValueError) as error:
            answer = {"error": str(error)}
        self.send({"v": 1, "id": content.get("id"), **answer})

    def answer(self, op: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a message of the page: ``"texts"`` or ``"words"``."""
        if op == "words":
            return {"words": self._words(args.get("answer"))}
        if op != "texts":
            raise AttrWidgetError(f"There is no request {op!r}.")
        first, count = int(args["first"]), min(_TEXTS, int(args["count"]))
        query = Query(
            text=str(args.get("text") or ""),
            word=str(args.get("word") or ""),
            min_share=float(args.get("min_share") or 0),
            answer=args.get("answer"),
            right=args.get("right"),
        )
        rows, shares = query.rows(self._collection.index)
        texts = self._collection.index.texts.take(rows[first : first + count]).to_pylist()
        for at, text in enumerate(texts):
            text["prompt"] = _short(text["prompt"])
            text["answer"] = text["answer"] and _short(text["answer"])
            if shares is not None:
                text["share"] = float(shares[first + at])
        return {"total": len(rows), "texts": texts}

    def _words(self, answer: str | None) -> list[tuple[str, int, float]]:
        """Return the words with the largest mean shares, with how often each occurs; rare ones are left out."""
        table = self._collection.words(by=None if answer is None else "answer")
        if answer is not None:
            table = table[table["answer"] == answer]
        table = table[table["count"] >= _LEAST * len(self._collection)]
        table = table.reindex(table["share"].abs().sort_values(ascending=False).index)[:_WORDS]
        return [
            (str(word), int(count), float(share))
            for word, count, share in zip(table["word"], table["count"], table["share"], strict=True)
        ]


class CollectionWidget(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The table of a collection and, below it, the explanation of the text chosen in it."""

    def __init__(self, collection: _Explained) -> None:
        self.table = CollectionTable(collection)
        self._collection = collection
        super().__init__([self.table])
        self.table.observe(self._chosen, "chosen")

    def _chosen(self, change: Any) -> None:
        chosen = change["new"]
        try:
            shown = [] if chosen is None else [self._collection[chosen].widget]
        except AttrWidgetError as error:
            shown = [ipywidgets.Label(str(error))]
        self.children = [self.table, *shown]


def _about(collection: _Explained) -> dict[str, Any]:
    import pyarrow.compute as pc

    texts = collection.index.texts
    counts = pc.value_counts(texts.column("answer").drop_null()).to_pylist()
    counts.sort(key=lambda one: -one["counts"])
    return {
        "title": f"{len(collection):,} texts, explained by {collection.methods[0]} of {collection.model_name}",
        "count": len(collection),
        "methods": collection.methods,
        "answers": [(one["values"], one["counts"]) for one in counts[:_ANSWERS]],
        "labelled": "label" in texts.column_names,
    }


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[:_LETTERS]}…"
