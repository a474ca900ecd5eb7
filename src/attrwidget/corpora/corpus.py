"""``Corpus``, what ``attrwidget.corpus`` returns: search for similar words, and predictions from them."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_list, is_whole, short
from attrwidget.corpora.matches import Match, Matches
from attrwidget.corpora.neighbours import Neighbours
from attrwidget.corpora.predict import Predictions
from attrwidget.corpora.query import Query, query_of, require_same_model
from attrwidget.corpora.read_text import unit_heads, unit_states
from attrwidget.corpora.shown import ShownCorpus
from attrwidget.errors import AttrWidgetError, did_you_mean
from attrwidget.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.corpora.read_text import Attention, ReadText
    from attrwidget.corpora.reader import Reader
    from attrwidget.corpora.store import Store
    from attrwidget.progress import Progress
    from attrwidget.results.live import LiveReading

_READ_AGAIN = 64  # texts whose attention is kept
_SINK = 0.25


class Corpus:
    """Texts whose words can be searched by what a model makes of them; made by ``attrwidget.corpus``.

    Attributes:
        reader: Puts a text through the model.
    """

    def __init__(self, reader: Reader, store: Store) -> None:
        self.reader, self._store = reader, store
        self._neighbours = Neighbours(store)
        self._attention: OrderedDict[int, Attention | None] = OrderedDict()

    def __repr__(self) -> str:
        about = self._store.about
        return f"Corpus({about.texts:,} texts, {about.tokens:,} tokens, model={about.model!r}, layers={about.layers})"

    def __len__(self) -> int:
        return self._store.about.texts

    @property
    def texts(self) -> list[str]:
        """The texts, in the order given."""
        return [text.text for text in self._store.texts]

    @property
    def layers(self) -> list[int]:
        """The layers that can be searched, from 0."""
        return list(self._store.about.layers)

    @property
    def n_tokens(self) -> int:
        """How many tokens can be found, special ones left out."""
        return self._store.about.tokens

    @property
    def n_heads(self) -> int:
        """How many heads can be searched by in a layer; 0 where the model's attention cannot be listened to."""
        return self._store.about.n_heads

    @property
    def annotations(self) -> list[str]:
        """The names of the labels that words have."""
        return list(dict.fromkeys(name for text in self._store.texts for name in text.labels))

    @property
    def folder(self) -> Path:
        """The folder that it is kept in."""
        return self._store.folder

    def similar(
        self,
        what: Any,
        token: int | str | None = None,
        *,
        layer: int | None = None,
        heads: int | Sequence[int] | None = None,
        k: int = 20,
    ) -> Matches:
        """Return the tokens of the corpus that the model treats most like a token of a text.

        Args:
            what: A text, or an Explanation of the same model. A text of the corpus itself does not find itself.
            token: The token's index, or a word that stands once in the text. Of an Explanation by default the place
                where the held word is read: the word before it in a model that writes, else a mask or the word itself.
            layer: A layer of the corpus; by default its last.
            heads: Heads of that layer, from 0: compare what these read, instead of the whole state.
            k: How many to return.

        Returns:
            The matches, the most similar first.

        Raises:
            AttrWidgetError: The token, layer or heads do not exist, or the Explanation is of another model.

        Example:
            >>> corpus.similar(model.explain("The capital of [MASK] is Berlin."), layer=1)
        """
        query = query_of(self.reader, what, token)
        return self.matches(query, layer, heads, k)

    def matches(
        self,
        query: Query,
        layer: int | None,
        heads: int | Sequence[int] | None,
        k: int,
        progress: Progress | None = None,
    ) -> Matches:
        """Return the matches of a checked *query*; see ``similar``."""
        layer, chosen = self._layer(layer), self._heads(heads)
        if not is_whole(k) or k < 1:
            raise AttrWidgetError(f"k is a whole number of matches from 1, not {short(k)}.")
        found = self.reader.read(query.text, [layer])
        own = [at for at, text in enumerate(self._store.texts) if text.ids == query.text.ids]
        more = k + sum(len(self._store.texts[at].tokens()) for at in own)
        if chosen is None:
            vector = unit_states(found.states[layer], [query.token])[0]
            rows, cosines = self._neighbours.by_state(layer, vector, more)
            by = f"layer {layer}"
        else:
            vector = unit_heads(found.heads[layer], [query.token])[0]
            rows, cosines = self._neighbours.by_heads(layer, chosen, vector, more)
            by = f"layer {layer}, heads {', '.join(map(str, chosen))}"
        places = [(tuple(self._store.places[row]), cosine) for row, cosine in zip(rows, cosines, strict=True)]
        kept = [(at, token, cosine) for (at, token), cosine in places if at not in own][:k]
        matches = []
        for done, (at, token, cosine) in enumerate(kept):
            if progress is not None:
                progress(done, len(kept))
            matches.append(self._match(int(at), int(token), float(cosine), layer, chosen))
        return Matches(matches, self.annotations, f"{query.name!r} by {by}")

    def for_page(self, reading: LiveReading) -> ShownCorpus:
        """Return what the widget searches for words of *reading*; see ``Explanation.with_corpus``.

        Raises:
            AttrWidgetError: It is of another model.
        """
        require_same_model(self.reader, reading)
        about = {
            "texts": len(self),
            "tokens": self.n_tokens,
            "layers": self.layers,
            "heads": self.n_heads,
            "annotations": self.annotations,
        }
        return ShownCorpus(self.reader, about, self.matches)

    def predict(
        self,
        annotation: str,
        layer: int | None = None,
        *,
        k: int = 10,
        masked: bool = False,
        progress: Progress | None = None,
    ) -> pd.DataFrame:
        """Predict a label of every word from the words that the model treats most alike at a layer.

        The label is the commonest among the *k* nearest words of other texts, so that no word finds itself.

        Args:
            annotation: The name of the label, such as ``"pos"``.
            layer: A layer of the corpus; by default its last.
            k: How many words vote.
            masked: Read each word from its context alone, with a mask in its place, and compare it with words read so:
                for models that have a mask.
            progress: Called with ``(done, total)`` masked words.

        Returns:
            A row for each word: ``text``, ``word``, its ``label``, the one ``predicted``, the ``share`` of votes for
            it, and whether that is ``right``.

        Raises:
            AttrWidgetError: There is no such annotation or layer, no mask, or only one text.

        Example:
            >>> corpus.predict("pos", layer=1).query("not right")
        """
        layer = self._layer(layer)
        with self._bar(progress, masked=masked) as report:
            predictions = self._predictions(annotation, k, report)
            return predictions.table(layer, masked=masked)

    def accuracy(
        self, annotation: str, *, k: int = 10, masked: bool = False, progress: Progress | None = None
    ) -> pd.DataFrame:
        """Return how many words ``predict`` gets right at each layer.

        Args:
            annotation: The name of the label, such as ``"pos"``.
            k: How many words vote.
            masked: Read each word from its context alone.
            progress: Called with ``(done, total)`` masked words.

        Returns:
            By layer the ``accuracy``, beside two guesses that use no model: the label that the ``same_word`` has most
            often in other texts, and their ``commonest`` label; and how many ``words`` were predicted.

        Raises:
            AttrWidgetError: There is no such annotation, no mask, or only one text.

        Example:
            >>> corpus.accuracy("pos", masked=True)
        """
        with self._bar(progress, masked=masked) as report:
            return self._predictions(annotation, k, report).by_layer(self.layers, masked=masked)

    def _bar(self, progress: Progress | None, *, masked: bool) -> Any:
        if progress is None and masked:
            return progress_bar("Reading masked words", "word")
        return nullcontext(progress)

    def _predictions(self, annotation: str, k: int, progress: Progress | None) -> Predictions:
        known = self.annotations
        if annotation not in known:
            has = f"has {', '.join(known)}" if known else "has none: give annotations="
            raise AttrWidgetError(
                f"There is no annotation {short(annotation)}{did_you_mean(annotation, known)}: the corpus {has}."
            )
        if not is_whole(k) or k < 1:
            raise AttrWidgetError(f"k is a whole number of words from 1, not {short(k)}.")
        return Predictions(self._store, self.reader, annotation, k, progress)

    def _match(
        self, at: int, token: int, similarity: float, layer: int, heads: Sequence[int] | None
    ) -> Match:
        text = self._store.texts[at]
        attention = self._attention_of(at, layer)
        if attention is None:
            return Match(at, text, token, similarity)
        return Match(at, text, token, similarity, _by_word(text, attention(layer, heads, token)))

    def _attention_of(self, at: int, layer: int) -> Attention | None:
        """Return the attention of a text, which is run again: all heads of all texts would fill the disk."""
        if at in self._attention:
            self._attention.move_to_end(at)
            return self._attention[at]
        if not self.n_heads:
            return None
        self._attention[at] = self.reader.attention(self._store.texts[at], layer)
        if len(self._attention) > _READ_AGAIN:
            self._attention.popitem(last=False)
        return self._attention[at]

    def _layer(self, layer: int | None) -> int:
        known = self._store.about.layers
        if layer is None:
            return known[-1]
        if not is_whole(layer) or layer not in known:
            names = ", ".join(map(str, known))
            raise AttrWidgetError(f"The corpus does not hold layer {short(layer)}: take one of {names}.")
        return int(layer)

    def _heads(self, heads: int | Sequence[int] | None) -> list[int] | None:
        if heads is None:
            return None
        given: list[Any] = [heads] if is_whole(heads) else check_list(heads, "Heads", "[0, 3]")
        if not self.n_heads:
            raise AttrWidgetError(
                f"The attention of {self.reader.name} cannot be listened to, so it is searched by layer alone."
            )
        wrong = [head for head in given if not is_whole(head) or not 0 <= head < self.n_heads]
        if wrong or not given:
            raise AttrWidgetError(
                f"There is no head {short(wrong[0]) if wrong else 'in []'}: heads are indexed from 0 to "
                f"{self.n_heads - 1}."
            )
        return sorted({int(head) for head in given})


def _by_word(text: ReadText, row: NDArray[np.float32]) -> tuple[float, ...]:
    """Return the weights of each word's tokens together; NaN for a word at the start that is a sink."""
    weights = [0.0] * len(text.words)
    for token in text.tokens():
        word = text.word_of(token)
        if word is not None:
            weights[word] += float(row[token])
    first = text.word_of(0)
    if first is not None and row[0] > _SINK:
        weights[first] = float("nan")
    return tuple(weights)
