"""Matches as the widget shows them: a few words around each, with what the match reads of them, and summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.corpora.query import query_of_step, query_of_token
from attrwidget.results.similar import SimilarWords

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from attrwidget.corpora.matches import Match, Matches
    from attrwidget.corpora.reader import Reader
    from attrwidget.progress import Progress

_AROUND = 12  # words before and after a match
_LABELS = 6  # of each summary


class ShownCorpus:
    """A corpus as a page searches it; see ``results.similar.SimilarContexts``.

    Args:
        reader: Puts a text through the model.
        about: What the page is told of the corpus.
        search: Returns the matches of a query by a layer, heads or None, a number of matches, and a progress callback.
    """

    def __init__(self, reader: Reader, about: dict[str, Any], search: Callable[..., Matches]) -> None:
        self._reader, self._about, self._search = reader, about, search

    def about(self) -> dict[str, Any]:
        """Return the size of the corpus, and what it can be searched and summed up by."""
        return dict(self._about)

    def find(
        self,
        reading: Any,
        *,
        step: int | None,
        token: int | None,
        layer: int,
        heads: Sequence[int] | None,
        k: int,
        progress: Progress | None = None,
    ) -> SimilarWords:
        """Return the matches of *token* or, without one, of where *step* is read."""
        reader = self._reader
        query = (
            query_of_step(reader, reading, step) if token is None else query_of_token(reader, reading, token)
        )
        found = self._search(query, layer, heads, k, progress)
        shown = [_Shown(match) for match in found]
        meta = {
            "name": query.name,
            "matches": [one.entry(found.annotations) for one in shown],
            "summaries": {by: _summaries(found, by) for by in ("word", *found.annotations)},
            "offsets": _pairs(found.offsets()) if _has_attention(found) else None,
        }
        numbers = [[match.similarity for match in found], *(one.weights() for one in shown)]
        return SimilarWords(meta, np.concatenate([np.array(row, np.float32) for row in numbers]))


class _Shown:
    """The words around a match."""

    def __init__(self, match: Match) -> None:
        self._match = match
        word = match.word
        self._first = 0 if word is None else max(0, word - _AROUND)
        self._end = 0 if word is None else min(len(match.text.words), word + _AROUND + 1)

    def entry(self, annotations: Sequence[str]) -> dict[str, Any]:
        """Return the words with what stands between them, in turn, and which of them the match is and reads most."""
        match, text, parts = self._match, self._match.text.text, []
        inside = match.text.words[self._first : self._end]
        if match.word is None:
            start, end = match.span
            return {
                "parts": [text[:start], text[start:end], text[end:]],
                "word": 0,
                "attended": None,
                "labels": {},
            }
        at = 0 if self._first == 0 else inside[0][0]
        for start, end in inside:
            parts += [text[at:start], text[start:end]]
            at = end
        after = text[at:] if self._end == len(match.text.words) else " …"
        parts[0] = parts[0] if self._first == 0 else "… "
        attended = match.attended
        seen = attended is not None and self._first <= attended < self._end
        return {
            "parts": [*parts, after],
            "word": match.word - self._first,
            "attended": attended - self._first if seen and attended is not None else None,
            "labels": {
                name: match.text.labels[name][self._first : self._end]
                for name in annotations
                if name in match.text.labels
            },
        }

    def weights(self) -> list[float]:
        """Return what the match reads of each word sent; NaN where that is not known."""
        if self._match.word is None:
            return [float("nan")]
        if self._match.attention is None:
            return [float("nan")] * (self._end - self._first)
        return list(self._match.attention[self._first : self._end])


def _summaries(found: Matches, by: str) -> dict[str, Any]:
    names = ("match", "next", "attended") if _has_attention(found) else ("match", "next")
    return {of: _pairs(found.summary(by, of).head(_LABELS)) for of in names}


def _has_attention(found: Matches) -> bool:
    return bool(len(found)) and all(match.attention is not None for match in found)


def _pairs(table: pd.DataFrame) -> list[list[Any]]:
    return [[str(name), int(count)] for name, count in table["count"].items()]
