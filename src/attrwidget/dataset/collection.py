"""``Collection``: the explanations of a data set, opened without their model."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attrwidget.checks import is_whole, short
from attrwidget.dataset.manifest import read_manifest, shard_path
from attrwidget.errors import AttrWidgetError
from attrwidget.formats.container import unpack
from attrwidget.formats.read.open import read_saved
from attrwidget.tables import Table

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from attrwidget.saved import SavedExplanation

_ABOUT = ["id", "prompt", "answer", "probability", "error"]


class Collection:
    """The explanations of a data set; made by ``attrwidget.explain_dataset``, and by ``attrwidget.open`` of its folder.

    Texts whose shard has no file yet are not among them.

    Example:
        >>> collection = aw.open("scores")
        >>> collection[17]
        >>> collection.search("not", min_share=0.2)
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)
        manifest = read_manifest(self._folder)
        if manifest is None:
            raise AttrWidgetError(
                f"Cannot read {folder}: it is a folder without the manifest.json that explain_dataset writes; give "
                "such a folder, or a file that ex.save() wrote."
            )
        self._how = manifest
        self._shards = [k for k in range(manifest.shards) if shard_path(self._folder, k).is_file()]

    @property
    def model_name(self) -> str:
        """The name or folder that the model was loaded by."""
        return self._how.model

    @property
    def methods(self) -> list[str]:
        """The methods of the explanations; words are counted by the first."""
        return list(self._how.methods)

    @property
    def finished(self) -> bool:
        """Whether all texts of the data set are there."""
        return len(self._shards) == self._how.shards

    def __len__(self) -> int:
        return sum(len(self._how.texts_of(shard)) for shard in self._shards)

    def __getitem__(self, text: int) -> SavedExplanation:
        """Return the explanation of a text by its id, its place in the data set.

        Raises:
            AttrWidgetError: There is no such text, it is not explained yet, or it could not be explained; the sentence
                says why.
        """
        count = self._how.count
        if not is_whole(text) or not -count <= text < count:
            raise AttrWidgetError(f"There is no text {short(text)}: ids go from 0 to {count - 1}.")
        number = int(text) % count
        shard = number // self._how.shard
        if shard not in self._shards:
            raise AttrWidgetError(f"Text {number} is not explained yet: call explain_dataset again to go on.")
        row = self._read([shard], ["error", "explanation"]).slice(number - self._how.texts_of(shard).start, 1)
        (found,) = row.to_pylist()
        if found["error"] is not None:
            raise AttrWidgetError(f"Text {number} could not be explained: {found['error']}")
        return read_saved(*unpack(found["explanation"], f"Text {number}"))

    def __iter__(self) -> Iterator[SavedExplanation]:
        failed = set(self.failed()["id"])
        return (self[k] for shard in self._shards for k in self._how.texts_of(shard) if k not in failed)

    def table(self) -> pd.DataFrame:
        """Return ``id``, ``prompt``, ``answer``, its ``probability``, and ``error``, a row for each text."""
        return Table(self._read(self._shards, _ABOUT).to_pandas())

    def failed(self) -> pd.DataFrame:
        """Return the texts that could not be explained, with their sentences."""
        table = self.table()
        return table[table["error"].notna()]

    def words(self, by: str | None = None) -> pd.DataFrame:
        """Return the words of all texts: how often each occurs, and its mean share.

        Args:
            by: ``"answer"`` has a row for each word and answer, such as a class.

        Returns:
            Columns ``word``, ``count``, ``share`` (a share of the magnitudes of the first method's scores of a text, in
            the mean over where the word occurs; negative where a signed method's is), largest first.

        Raises:
            AttrWidgetError: There is no such column.
        """
        if by not in (None, "answer"):
            raise AttrWidgetError(f"by= is 'answer' or None, not {by!r}.")
        words, shares, rows = self._words
        columns: dict[str, Any] = {"word": words, "share": shares}
        if by is not None:
            columns[by] = self._answers[rows]
        grouped = pd.DataFrame(columns).groupby([*([by] if by else []), "word"], observed=True)["share"]
        found = grouped.agg(count="count", share="mean").reset_index()
        return Table(found.sort_values("share", ascending=False, ignore_index=True))

    def search(self, word: str, *, min_share: float = 0.0) -> pd.DataFrame:
        """Return the texts in which *word* has at least *min_share* of the magnitudes of the scores.

        Args:
            word: A word as it stands in the texts; case counts.
            min_share: From 0 to 1, by the first method; of a signed one the magnitude counts.

        Returns:
            Columns ``id``, ``share`` (where the word occurs several times, the largest), ``prompt``, ``answer``,
            ``probability``, largest share first.

        Example:
            >>> collection.search("not", min_share=0.2)
        """
        words, shares, rows = self._words
        at = np.flatnonzero(words == word) if word in words.categories else np.empty(0, int)
        at = at[np.abs(shares[at]) >= min_share]
        found = pd.DataFrame({"row": rows[at], "share": shares[at]})
        found = found.loc[found["share"].abs().sort_values(ascending=False).index].drop_duplicates("row")
        about = self._about.take(found["row"].to_numpy()).to_pandas()
        about.insert(1, "share", found["share"].to_numpy())
        return Table(about.drop(columns="error"))

    @cached_property
    def _about(self) -> Any:
        return self._read(self._shards, _ABOUT)

    @cached_property
    def _answers(self) -> NDArray[Any]:
        return np.asarray(self._about.column("answer").to_pandas())

    @cached_property
    def _words(self) -> tuple[pd.Categorical, NDArray[np.float32], NDArray[np.int64]]:
        """All words of all texts, their shares, and the row of each."""
        import pyarrow.compute as pc

        table = self._read(self._shards, ["words", "shares"])
        words, shares = (table.column(name).combine_chunks() for name in ("words", "shares"))
        rows = pc.list_parent_indices(words).to_numpy()
        encoded = pc.list_flatten(words).dictionary_encode()
        coded = pd.Categorical.from_codes(encoded.indices.to_numpy(), encoded.dictionary.to_pylist())
        return coded, pc.list_flatten(shares).to_numpy(), rows

    def _read(self, shards: Sequence[int], columns: list[str]) -> Any:
        """Return columns of some shards as one table of Arrow."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        paths = [shard_path(self._folder, shard) for shard in shards]
        if not paths:
            return pa.table({name: pa.array([], pa.string()) for name in columns})
        return pa.concat_tables(pq.read_table(path, columns=columns) for path in paths)

    def __repr__(self) -> str:
        more = "" if self.finished else f" of {self._how.count:,}"
        return f"Collection({len(self):,}{more} texts, model={self.model_name!r}, methods={self.methods})"
