"""What a search finds: matches in their context, and summaries of the words around them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from attrwidget.checks import is_whole, short
from attrwidget.errors import AttrWidgetError, did_you_mean
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from attrwidget.corpora.read_text import ReadText

REACH = 3  # words before and after that summaries tell apart
_CONTEXT = 36  # characters of a printed context


@dataclass(frozen=True)
class Match:
    """A token of the corpus that is like the one searched for.

    Attributes:
        number: The text's index in the corpus.
        text: The text with its tokens, words and labels.
        token: The index of the token in its text.
        similarity: The cosine of the two states or, of several heads, the mean of the cosines of their outputs.
        attention: What the token reads of each word by the heads chosen (all, where none are), in the mean; NaN for a
            first word that holds over a quarter of all, a sink. None where the model shows no attention.
    """

    number: int
    text: ReadText
    token: int
    similarity: float
    attention: tuple[float, ...] | None = None

    @property
    def word(self) -> int | None:
        """The index of the word that the token belongs to; None for a token that is in no word."""
        return self.text.word_of(self.token)

    @property
    def span(self) -> tuple[int, int]:
        """Where the word stands, or the token where it is in no word."""
        word = self.word
        return self.text.spans[self.token] if word is None else self.text.words[word]

    @property
    def attended(self) -> int | None:
        """The index of the word that the token reads most; None where that is not known."""
        if self.attention is None:
            return None
        known = [(weight, -at) for at, weight in enumerate(self.attention) if not math.isnan(weight)]
        best = max(known, default=(0.0, 0))
        return -best[1] if best[0] > 0 else None

    @property
    def offset(self) -> int | None:
        """How many words after its own the most attended word stands; below 0 before it."""
        attended, word = self.attended, self.word
        return None if attended is None or word is None else attended - word

    def word_at(self, of: str | int) -> int | None:
        """Return the index of the word called ``"match"``, ``"next"`` or ``"attended"``, or that many words away."""
        if of == "attended":
            return self.attended
        away = {"match": 0, "next": 1}.get(of, of) if isinstance(of, str) else of
        at = None if self.word is None else self.word + int(away)
        return at if at is not None and 0 <= at < len(self.text.words) else None

    def label(self, by: str, word: int) -> str:
        """Return the label *by* of a word; ``"word"`` is its own text in small letters."""
        start, end = self.text.words[word]
        return self.text.text[start:end].lower() if by == "word" else self.text.labels[by][word]


class Matches(Sequence[Match]):
    """The tokens found, the most similar first, with summaries.

    Example:
        >>> found = corpus.similar("The capital of Japan is Tokyo.", "Tokyo")
        >>> found.summary("pos"), found.offsets()
    """

    def __init__(self, matches: Iterable[Match], annotations: Sequence[str], question: str) -> None:
        self._matches = list(matches)
        self._question = question
        self.annotations = list(annotations)

    @overload
    def __getitem__(self, at: int) -> Match: ...
    @overload
    def __getitem__(self, at: slice) -> Matches: ...
    def __getitem__(self, at: int | slice) -> Match | Matches:
        """Return a match, or some of them."""
        if isinstance(at, slice):
            return Matches(self._matches[at], self.annotations, self._question)
        return self._matches[at]

    def __len__(self) -> int:
        return len(self._matches)

    def __iter__(self) -> Iterator[Match]:
        return iter(self._matches)

    def to_pandas(self) -> pd.DataFrame:
        """Return a row for each match: its similarity, context, labels, the next and the most attended word.

        Example:
            >>> corpus.similar("The capital of Japan is Tokyo.", "Tokyo").to_pandas()
        """
        return Table([self._row(match) for match in self._matches])

    def summary(self, by: str = "word", of: str | int = "match") -> pd.DataFrame:
        """Return how often each label occurs among the words around the matches, the commonest first.

        Args:
            by: An annotation of the corpus, such as ``"pos"``, or ``"word"`` for the words themselves.
            of: ``"match"``, ``"next"``, ``"attended"`` (the word that the match reads most), or how many words after
                the match the word stands, from -3 to 3.

        Returns:
            ``count`` and ``share`` by label. Matches without such a word are not counted.

        Raises:
            AttrWidgetError: There is no such annotation or word, or the model shows no attention.

        Example:
            >>> corpus.similar("The capital of Japan is Tokyo.", "Tokyo").summary("pos", of="next")
        """
        self._require_label(by)
        self._require_word(of)
        words = ((match, match.word_at(of)) for match in self._matches)
        return _counted((match.label(by, word) for match, word in words if word is not None), by)

    def offsets(self) -> pd.DataFrame:
        """Return how far from the match the word stands that it reads most: from -3 to 3, and beyond.

        Returns:
            ``count`` and ``share`` for ``"< -3"``, -3, …, 3 and ``"> 3"``.

        Raises:
            AttrWidgetError: The model shows no attention.
        """
        self._require_word("attended")
        beyond = {-1: f"< -{REACH}", 1: f"> {REACH}"}
        names = [beyond[-1], *range(-REACH, REACH + 1), beyond[1]]
        found = Counter(
            at if abs(at) <= REACH else beyond[1 if at > 0 else -1]
            for at in (match.offset for match in self._matches)
            if at is not None
        )
        counts = [found.get(name, 0) for name in names]
        return _table(names, counts, "offset")

    def _row(self, match: Match) -> dict[str, Any]:
        start, end = match.span
        text, word = match.text.text, match.word
        row: dict[str, Any] = {
            "similarity": match.similarity,
            "before": text[:start],
            "match": text[start:end],
            "after": text[end:],
        }
        for name in self.annotations:
            row[name] = None if word is None or name not in match.text.labels else match.label(name, word)
        for of in ("next", "attended"):
            at = match.word_at(of)
            row[of] = None if at is None else text[slice(*match.text.words[at])]
        return row | {"offset": match.offset, "text": match.number, "token": match.token}

    def _require_label(self, by: str) -> None:
        known = ["word", *self.annotations]
        if by not in known:
            raise AttrWidgetError(
                f"The corpus has no annotation {short(by)}{did_you_mean(by, known)}: take one of {', '.join(known)}."
            )

    def _require_word(self, of: Any) -> None:
        near = is_whole(of) and abs(of) <= REACH
        if not near and of not in ("match", "next", "attended"):
            raise AttrWidgetError(
                f"There is no word {short(of)} of a match: take 'match', 'next', 'attended', or a number of words "
                f"from -{REACH} to {REACH}."
            )
        if of == "attended" and any(match.attention is None for match in self._matches):
            raise AttrWidgetError(
                "The model shows no attention, so nobody knows which word a match reads most."
            )

    def __repr__(self) -> str:
        lines = [f"{len(self)} matches of {self._question}"]
        for match in self._matches:
            start, end = match.span
            text = match.text.text.replace("\n", " ")
            before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
            lines.append(f"{match.similarity:6.3f} {before:>{_CONTEXT}}[{text[start:end]}]{after}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return str(self.to_pandas()._repr_html_())


def _counted(labels: Iterable[str], name: str) -> pd.DataFrame:
    found = Counter(labels).most_common()
    return _table([label for label, _ in found], [count for _, count in found], name)


def _table(names: list[Any], counts: list[int], title: str) -> pd.DataFrame:
    import pandas as pd

    total = max(1, sum(counts))
    rows = {"count": counts, "share": [count / total for count in counts]}
    return Table(rows, index=pd.Index(names, name=title))
