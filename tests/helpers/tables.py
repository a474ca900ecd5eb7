"""A folder of a data set whose texts, words and shares are made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrwidget as aw
from attrwidget.dataset.manifest import TEXTS, Manifest, claim, shard_path
from attrwidget.dataset.shard import to_parquet
from attrwidget.dataset.texts import Texts, parquet_of
from attrwidget.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def fabricated(folder: Path, rows: list[dict[str, Any]]) -> aw.Collection:
    """Write *rows* (``prompt``, ``answer``, ``words``, ``shares``, ``label``) as a finished folder, and open it."""
    how = Manifest("made-up", {}, ["leave_one_out"], {}, 16, 16, len(rows), "", {})
    claim(folder, how)
    labels = [row["label"] for row in rows]
    write_whole(folder / TEXTS, parquet_of(Texts([row["prompt"] for row in rows], None, labels)))
    for shard in range(how.shards):
        some = [
            {"id": k, "probability": 0.5, "error": None, "explanation": b"", **rows[k]}
            for k in how.texts_of(shard)
        ]
        names = ("id", "prompt", "answer", "probability", "words", "shares", "error", "explanation")
        data = to_parquet([{name: row[name] for name in names} for row in some])
        write_whole(shard_path(folder, shard), data)
    return aw.open(folder)  # type: ignore[no-any-return]
