"""``Collection``: the explanations of a data set, opened without their model."""

from __future__ import annotations

from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from attrwidget.checks import is_text, is_whole, short
from attrwidget.dataset.index import read_index, read_shard
from attrwidget.dataset.manifest import read_manifest, shard_path
from attrwidget.dataset.query import Query
from attrwidget.errors import AttrWidgetError
from attrwidget.formats.container import unpack
from attrwidget.formats.read.open import read_saved
from attrwidget.tables import Table

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from attrwidget.dataset.index import Index
    from attrwidget.dataset.widget import CollectionWidget
    from attrwidget.saved import SavedExplanation

_EXPLAINED = ("id", "error", "explanation")


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
        rows = read_shard(self._folder, shard, _EXPLAINED)
        (found,) = rows.slice(number - self._how.texts_of(shard).start, 1).to_pylist()
        if found["error"] is not None:
            raise AttrWidgetError(f"Text {number} could not be explained: {found['error']}")
        return _opened(found)

    def __iter__(self) -> Iterator[SavedExplanation]:
        """Return the explanations in the order of their texts, without those that failed."""
        tables = (read_shard(self._folder, shard, _EXPLAINED) for shard in self._shards)
        return (_opened(row) for table in tables for row in table.to_pylist() if row["error"] is None)

    def table(self) -> pd.DataFrame:
        """Return ``id``, ``prompt``, ``answer``, its ``probability``, ``error`` and ``label``, a row for each text."""
        return Table(self.index.texts.to_pandas())

    def failed(self) -> pd.DataFrame:
        """Return the texts that could not be explained, with their sentences."""
        table = self.table()
        return table[table["error"].notna()]

    def words(self, by: str | None = None) -> pd.DataFrame:
        """Return the words of all texts: how often each occurs, and its mean share.

        Args:
            by: ``"class"`` has a row for each word and answer, such as a class; ``"answer"`` is the same.

        Returns:
            Columns ``word``, ``count``, ``share`` (a share of the magnitudes of the first method's scores of a text, in
            the mean over where the word occurs; negative where a signed method's is), largest first.

        Raises:
            AttrWidgetError: There is no such column.
        """
        if by not in (None, "answer", "class"):
            raise AttrWidgetError(f"by= is 'class', 'answer' or None, not {by!r}.")
        words = self.index.words
        codes = words.column("word").combine_chunks()
        names = codes.dictionary.to_pandas()
        columns: dict[str, Any] = {
            "word": codes.indices.to_numpy(),
            "share": words.column("share").to_numpy(),
        }
        if by is not None:
            answers = pd.Categorical(self.index.texts.column("answer").to_pandas())
            columns[by] = answers.codes[words.column("row").to_numpy()]
        grouped = pd.DataFrame(columns).groupby([*([by] if by else []), "word"])["share"]
        found = grouped.agg(count="count", share="mean").reset_index()
        found["word"] = names.take(found["word"]).to_numpy()
        if by is not None:
            found[by] = answers.categories.take(found[by])
        return Table(found.sort_values("share", ascending=False, ignore_index=True, kind="stable"))

    def search(self, word: str, *, min_share: float = 0.0) -> pd.DataFrame:
        """Return the texts in which *word* has at least *min_share* of the magnitudes of the scores.

        Args:
            word: A word as it stands in the texts; case counts.
            min_share: From 0 to 1, by the first method; of a signed one the magnitude counts.

        Returns:
            Columns ``id``, ``share`` (where the word occurs several times, the largest), ``prompt``, ``answer``,
            ``probability``, largest share first.

        Raises:
            AttrWidgetError: *word* is no text, or *min_share* no number from 0 to 1.

        Example:
            >>> collection.search("not", min_share=0.2)
        """
        if not is_text(word) or not word:
            raise AttrWidgetError(f"A word to search for is a text such as 'not', not {short(word)}.")
        if not isinstance(min_share, Real) or not 0 <= min_share <= 1:
            raise AttrWidgetError(f"min_share is a number from 0 to 1, not {short(min_share)}.")
        rows, shares = Query(word=word, min_share=min_share).rows(self.index)
        about = self.index.texts.take(rows).to_pandas()
        about.insert(1, "share", shares)
        return Table(about.drop(columns="error"))

    @classmethod
    def from_inseq(cls, path: str | os.PathLike[str], to: str | os.PathLike[str]) -> Collection:
        """Make a collection of a file that Inseq's ``attribute-dataset`` wrote, or ``out.save()``; Inseq is not needed.

        Args:
            path: The file.
            to: The folder to write.

        Raises:
            AttrWidgetError: The file is none of Inseq's, or the folder holds something else.

        Example:
            >>> aw.Collection.from_inseq("attributions.json", to="scores")
        """
        from attrwidget.dataset.inseq_files import read_inseq

        return cls(read_inseq(path, to))

    def to_inseq(self, path: str | os.PathLike[str], method: str | None = None) -> Path:
        """Write the explanations to one file, as Inseq's ``attribute-dataset`` does.

        Args:
            path: Where to write it; ``inseq.FeatureAttributionOutput.load`` reads it.
            method: One of ``methods``; by default the first.

        Returns:
            The path.

        Raises:
            AttrWidgetError: Inseq is not installed, or no text is explained.

        Example:
            >>> collection.to_inseq("attributions.json")
        """
        from attrwidget.dataset.inseq_files import write_inseq

        return write_inseq(self, path, method)

    @cached_property
    def index(self) -> Index:
        """What is known of all texts without opening their explanations; kept in the folder when it is finished."""
        return read_index(self._folder, self._shards, finished=self.finished)

    @cached_property
    def widget(self) -> CollectionWidget:
        """The widget: a table of the texts with filters; a click shows a text's explanation below it.

        Example:
            >>> collection.widget.table.chosen = 17
        """
        from attrwidget.dataset.widget import CollectionWidget

        return CollectionWidget(self)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.widget._repr_mimebundle_(**options)

    def __repr__(self) -> str:
        more = "" if self.finished else f" of {self._how.count:,}"
        return f"Collection({len(self):,}{more} texts, model={self.model_name!r}, methods={self.methods})"


def _opened(row: dict[str, Any]) -> SavedExplanation:
    return read_saved(*unpack(row["explanation"], f"Text {row['id']}"))
