"""Read and write the data sets of Inseq's ``attribute-dataset``: one file of many sequences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrwidget.dataset.batch import Text
from attrwidget.dataset.manifest import TEXTS, Manifest, claim, digest_of, shard_path, versions
from attrwidget.dataset.shard import row_of, to_parquet
from attrwidget.dataset.texts import Texts, parquet_of
from attrwidget.errors import AttrWidgetError
from attrwidget.files import place_of, writable, write_whole
from attrwidget.formats.read.inseq import from_inseq
from attrwidget.formats.write.to_inseq import to_inseq

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from attrwidget.saved import SavedExplanation

_SHARD = 64


def read_inseq(path: str | os.PathLike[str], to: str | os.PathLike[str]) -> Path:
    """Write the sequences of a file of Inseq into the folder *to*, and return it; Inseq is not needed.

    Raises:
        AttrWidgetError: The file is none of Inseq's, or the folder holds something else.
    """
    found = from_inseq(str(path))
    explanations = found if isinstance(found, list) else [found]
    first, prompts = explanations[0].reading, [_prompt(explanation) for explanation in explanations]
    names = [method.name for method in first.methods()]
    texts = Texts(prompts, None)
    folder, count = place_of(to), len(prompts)
    how = Manifest(
        first.model_name,
        {},
        names,
        {"inseq": Path(path).name},
        _SHARD,
        1,
        count,
        digest_of(texts),
        versions(),
    )
    claim(folder, how)
    write_whole(folder / TEXTS, parquet_of(texts))
    for shard in range(how.shards):
        rows = [
            row_of(Text(k, prompts[k], None), explanations[k].reading, names) for k in how.texts_of(shard)
        ]
        write_whole(shard_path(folder, shard), to_parquet(rows))
    return folder


def write_inseq(explanations: Iterable[Any], path: str | os.PathLike[str], method: str | None) -> Path:
    """Write *explanations* to one file, which ``inseq.FeatureAttributionOutput.load`` reads; return its path.

    Raises:
        AttrWidgetError: There are none, Inseq is not installed, or the path cannot be written.
    """
    target = writable(path, "scores.json")
    outputs = [to_inseq(explanation.reading, method) for explanation in explanations]
    if not outputs:
        raise AttrWidgetError("No text of this data set is explained, so there is nothing to write.")
    whole = outputs[0]
    for other in outputs[1:]:
        whole.sequence_attributions += other.sequence_attributions
        for name in ("input_texts", "generated_texts"):
            whole.info[name] += other.info[name]
        whole.info["attr_pos_end"] = max(whole.info["attr_pos_end"], other.info["attr_pos_end"])
    whole.save(target, overwrite=True)
    return target


def _prompt(explanation: SavedExplanation) -> str:
    reading = explanation.reading
    end = reading.n_source or reading.first_step
    units = [unit for unit in reading.tokens.units if unit.start < end]
    return "".join(
        unit.text for unit in units if not all(reading.tokens.special[unit.start : unit.end])
    ).strip()
