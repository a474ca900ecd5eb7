"""Predict a word's label from the labels of the words that the model treats most alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.corpora.read_text import unit_states
from attrwidget.corpora.store import STATES
from attrwidget.errors import AttrWidgetError
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.corpora.read_text import ReadText
    from attrwidget.corpora.reader import Reader
    from attrwidget.corpora.store import Store
    from attrwidget.progress import Progress

    Floats = NDArray[np.float32]

_AT_ONCE = 1024  # words that are compared with all others at a time


class _Word(NamedTuple):
    """A word of the corpus: its text and place, the row of its last token's vector, and its label."""

    text: int
    word: int
    row: int
    form: str
    label: str


class Predictions:
    """Predicts the labels of all words of a corpus, each from other texts than its own.

    A word of several tokens is read at its last one. Masked words are compared with masked words: a mask's state is
    far from that of any word.
    """

    def __init__(
        self, store: Store, reader: Reader, annotation: str, k: int, progress: Progress | None
    ) -> None:
        self._store, self._reader, self._k, self._progress = store, reader, k, progress
        self._words = _words(store, annotation)
        alike: dict[str, int] = {}
        group = [alike.setdefault(text.text, len(alike)) for text in store.texts]
        self._group = np.array([group[word.text] for word in self._words])
        if len(set(self._group)) < 2:
            raise AttrWidgetError(
                "A word is predicted from other texts than its own, and the corpus has one text: add more."
            )

    def table(self, layer: int, *, masked: bool) -> pd.DataFrame:
        """Return a row for each word: its label, the one predicted, and the share of neighbours that have it."""
        found = self._predicted(self._states([layer], masked=masked)[layer])
        rows = [
            {
                "text": word.text,
                "word": word.form,
                "label": word.label,
                "predicted": label,
                "share": share,
                "right": label == word.label,
            }
            for word, (label, share) in zip(self._words, found, strict=True)
        ]
        return Table(rows)

    def by_layer(self, layers: Sequence[int], *, masked: bool) -> pd.DataFrame:
        """Return the share of words predicted right by layer, beside two guesses that need no model."""
        states = self._states(layers, masked=masked)
        truth = [word.label for word in self._words]
        guesses = {"same_word": _right(self._by_form(), truth), "commonest": _right(self._commonest(), truth)}
        rows = [
            {"accuracy": _right([label for label, _ in self._predicted(states[layer])], truth)}
            | guesses
            | {"words": len(truth)}
            for layer in layers
        ]
        return Table(rows, index=list(layers)).rename_axis("layer")

    def _predicted(self, states: Floats) -> list[tuple[str, float]]:
        """Return the commonest label among the nearest words, of equally common ones the nearest's, with its share."""
        found = []
        for start in range(0, len(self._words), _AT_ONCE):
            rows = slice(start, start + _AT_ONCE)
            cosines = states[rows] @ states.T
            cosines[self._group[rows, None] == self._group[None]] = -np.inf
            for row in cosines:
                near = np.argsort(-row, kind="stable")[: self._k]
                labels = [self._words[at].label for at in near if row[at] > -np.inf]
                label, count = Counter(labels).most_common(1)[0]
                found.append((label, count / len(labels)))
        return found

    def _states(self, layers: Sequence[int], *, masked: bool) -> dict[int, Floats]:
        if not masked:
            rows = [word.row for word in self._words]
            return {layer: np.asarray(self._store.vectors(STATES, layer)[rows]) for layer in layers}
        mask = self._reader.mask_id
        if mask is None:
            raise AttrWidgetError(
                f"{self._reader.name} has no mask to put in the place of a word: leave out masked=."
            )
        rows_of: dict[int, list[Any]] = {layer: [] for layer in layers}
        for done, word in enumerate(self._words):
            text = self._store.texts[word.text]
            tokens = text.tokens_of(word.word)
            found = self._reader.read(_hidden(text, tokens, mask), layers)
            for layer in layers:
                rows_of[layer].append(unit_states(found.states[layer], tokens[-1:]))
            if self._progress is not None:
                self._progress(done + 1, len(self._words))
        return {layer: np.concatenate(rows) for layer, rows in rows_of.items()}

    def _by_form(self) -> list[str]:
        """Return the label that the same word has most often in other texts, else the commonest of all."""
        known: dict[str, Counter[str]] = {}
        inside: dict[tuple[int, str], Counter[str]] = {}
        for word, group in zip(self._words, self._group, strict=True):
            known.setdefault(word.form.lower(), Counter())[word.label] += 1
            inside.setdefault((group, word.form.lower()), Counter())[word.label] += 1
        found = []
        for word, group, common in zip(self._words, self._group, self._commonest(), strict=True):
            elsewhere = known[word.form.lower()] - inside[group, word.form.lower()]
            found.append(elsewhere.most_common(1)[0][0] if elsewhere else common)
        return found

    def _commonest(self) -> list[str]:
        """Return the commonest label of the other texts."""
        total = Counter(word.label for word in self._words)
        inside: dict[int, Counter[str]] = {}
        for word, group in zip(self._words, self._group, strict=True):
            inside.setdefault(group, Counter())[word.label] += 1
        return [(total - inside[group]).most_common(1)[0][0] for group in self._group]


def _words(store: Store, annotation: str) -> list[_Word]:
    rows = {(int(text), int(token)): row for row, (text, token) in enumerate(store.places)}
    found = []
    for number, text in enumerate(store.texts):
        last = {text.word_of(token): token for token in text.tokens()}
        for at, label in enumerate(text.labels.get(annotation, ())):
            if at in last:
                form = text.text[slice(*text.words[at])]
                found.append(_Word(number, at, rows[number, last[at]], form, label))
    return found


def _hidden(text: ReadText, tokens: Sequence[int], mask: int) -> ReadText:
    return replace(text, ids=[mask if at in tokens else token for at, token in enumerate(text.ids)])


def _right(guesses: Sequence[str], truth: Sequence[str]) -> float:
    return float(np.mean([guess == label for guess, label in zip(guesses, truth, strict=True)]))
