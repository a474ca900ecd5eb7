"""The index of a folder: its texts and their words, without the explanations, in files that are mapped.

Arrow's files need no decoding: of a hundred thousand texts, only what a question reads is read.
"""

from __future__ import annotations

import io
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.dataset.manifest import TEXTS, shard_path
from attrwidget.errors import AttrWidgetError, first_line
from attrwidget.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_ABOUT = ["id", "prompt", "answer", "probability", "error"]
_FILES = ("texts.arrow", "words.arrow")


class Index(NamedTuple):
    """What is known of the texts of a folder.

    Attributes:
        texts: A row for each text: ``id``, ``prompt``, ``answer``, its ``probability``, ``error``, and ``label`` if the
            data set has one.
        words: A row for each word of each text: ``row`` (of *texts*), ``word`` (a dictionary), ``share``.
    """

    texts: Any
    words: Any


def read_index(folder: Path, shards: Sequence[int], *, finished: bool) -> Index:
    """Return the index of *shards*; that of a *finished* folder is read from its files, written if they are missing."""
    import pyarrow as pa

    paths = [folder / "index" / name for name in _FILES]
    if finished:
        with suppress(OSError, pa.ArrowInvalid):
            return Index(*(pa.ipc.open_file(pa.memory_map(str(path))).read_all() for path in paths))
    found = _made(folder, shards)
    if finished:
        with suppress(OSError, AttrWidgetError):  # a folder that cannot be written to is read anew each time
            paths[0].parent.mkdir(exist_ok=True)
            for path, table in zip(paths, found, strict=True):
                write_whole(path, _bytes_of(table))
    return found


def read_shard(folder: Path, shard: int, columns: Sequence[str]) -> Any:
    """Return some *columns* of a shard as Arrow's table; raise AttrWidgetError if its file is damaged."""
    import pyarrow.parquet as pq

    path = shard_path(folder, shard)
    try:
        return pq.read_table(path, columns=list(columns))
    except (OSError, ValueError) as error:
        raise AttrWidgetError(
            f"{path} is damaged ({first_line(error)}): remove it, and call explain_dataset again."
        ) from error


def _made(folder: Path, shards: Sequence[int]) -> Index:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    tables = [read_shard(folder, shard, [*_ABOUT, "words", "shares"]) for shard in shards]
    if not tables:
        kinds = {"id": pa.int64(), "probability": pa.float64()}
        nothing = {name: pa.array([], kinds.get(name, pa.string())) for name in _ABOUT}
        word = pa.array([], pa.string()).dictionary_encode()
        none = {"row": pa.array([], pa.int32()), "word": word, "share": pa.array([], pa.float32())}
        return Index(pa.table(nothing), pa.table(none))
    whole = pa.concat_tables(tables).combine_chunks()
    lists, shares = (whole.column(name).combine_chunks() for name in ("words", "shares"))
    words = pa.table(
        {
            "row": pc.list_parent_indices(lists).cast(pa.int32()),
            "word": pc.list_flatten(lists).dictionary_encode(),
            "share": pc.list_flatten(shares),
        }
    )
    texts = whole.select(_ABOUT)
    given = pq.read_table(folder / TEXTS)
    if "label" in given.column_names:
        texts = texts.append_column("label", given.column("label").take(texts.column("id")))
    return Index(texts, words)


def _bytes_of(table: Any) -> bytes:
    import pyarrow as pa

    buffer = io.BytesIO()
    with pa.ipc.new_file(buffer, table.schema) as file:
        file.write_table(table.combine_chunks())
    return buffer.getvalue()
