"""Find texts of an index by their words, text, answer and label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.dataset.index import Index


@dataclass(frozen=True)
class Query:
    """What texts must have; what is None or empty is not asked for.

    Attributes:
        text: Stands in the prompt, whatever its case.
        word: Is a word of the input.
        min_share: The least share of *word*, or of any word.
        answer: The answer.
        right: Whether the answer is the label.
    """

    text: str = ""
    word: str = ""
    min_share: float = 0.0
    answer: str | None = None
    right: bool | None = None

    def rows(self, index: Index) -> tuple[NDArray[np.int64], NDArray[np.float32] | None]:
        """Return the rows of the texts, and the share of the word in each where one is asked for.

        Those with a share come with the largest first, in size; the others in their order.
        """
        import pyarrow.compute as pc

        kept = np.ones(len(index.texts), dtype=bool)
        if self.text:
            column = index.texts.column("prompt")
            kept &= _bools(pc.match_substring(column, self.text, ignore_case=True))
        if self.answer is not None:
            kept &= _bools(pc.equal(index.texts.column("answer"), self.answer))
        if self.right is not None:
            answered = index.texts.column("answer")
            kept &= _bools(pc.equal(pc.equal(answered, index.texts.column("label")), self.right))
        if not (self.word or self.min_share):
            return np.flatnonzero(kept), None
        rows, shares = self._largest(index)
        inside = kept[rows]
        return rows[inside], shares[inside]

    def _largest(self, index: Index) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows with the word, and its largest share in each."""
        rows, shares = index.words.column("row").to_numpy(), index.words.column("share").to_numpy()
        kept = np.abs(shares) >= self.min_share
        if self.word:
            kept &= self._is_word(index)
        at = np.flatnonzero(kept)
        at = at[np.argsort(-np.abs(shares[at]), kind="stable")]
        _, first = np.unique(rows[at], return_index=True)
        at = at[np.sort(first)]
        return rows[at].astype(np.int64), shares[at]

    def _is_word(self, index: Index) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        words = index.words.column("word").combine_chunks()
        code = pc.index(words.dictionary, pa.scalar(self.word)).as_py()
        return (
            words.indices.to_numpy(zero_copy_only=False) == code if code >= 0 else np.zeros(len(words), bool)
        )


def _bools(column: Any) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = column.fill_null(False).to_numpy(zero_copy_only=False).astype(bool)  # noqa: FBT003
    return found
