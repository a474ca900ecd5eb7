"""Read the query of a step and the key of an input in one head: attention is a softmax over their products."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from attrwidget.checks import check_input, check_step
from attrwidget.engine.attention.joint import JointAttention
from attrwidget.engine.attention.recorder import RecordedAttention
from attrwidget.errors import AttrWidgetError
from attrwidget.methods import HeadSelection
from attrwidget.methods.shared.attention_weights import check_selection
from attrwidget.results.attention_parts import find_part
from attrwidget.tables import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace

_RETURNED = "{} returns its attention weights alone, so queries and keys cannot be read."


class QueryKey(NamedTuple):
    """The query of a step and the key of an input, as the head multiplies them: after any rotation by position.

    Attributes:
        query: float32 ``[dimensions]``.
        key: float32 ``[dimensions]``.
        scale: What the sum of their products is multiplied with; then come masks, and what a model adds, and softmax.
        weight: The attention weight that comes out.
    """

    query: NDArray[np.float32]
    key: NDArray[np.float32]
    scale: float
    weight: float

    def table(self) -> pd.DataFrame:
        """Return ``query``, ``key`` and ``product`` by dimension; see ``Explanation.query_key``."""
        columns = {"query": self.query, "key": self.key, "product": self.query * self.key}
        table = Table(columns).rename_axis("dimension")
        score = float(self.scale * (self.query * self.key).sum())
        table.attrs.update(scale=self.scale, score=score, weight=self.weight)
        return table


def has_query_keys(trace: Trace) -> bool:
    """Return whether queries and keys can be read: they cannot where the model itself returned its attention."""
    return trace.n_layers > 0 and trace.capabilities.attention == "recorded"


def read_query_key(  # noqa: PLR0917
    trace: Trace, step: int, index: int, layer: int, head: int, part: str | None = None
) -> QueryKey:
    """Return the query of *step* and the key of input *index* in a head; raise AttrWidgetError where there is none.

    In a *part* whose rows are no steps, *step* is the token that reads.
    """
    found = None if part is None else find_part(trace, part)
    if found is None or found.of_steps:
        return _read(
            trace, trace.position(check_step(step, trace.n_steps)), index, layer, head, f"Step {step}"
        )
    return _read(trace, check_input(step, trace.n_inputs), index, layer, head, f"Token {step}", found.name)


def _read(  # noqa: PLR0917
    trace: Trace, row: int, index: int, layer: int, head: int, reads: str, part: str = ""
) -> QueryKey:
    """Return the query at *row* and the key of input *index*; *reads* names the row in errors."""
    encoder = part == "encoder"
    index = check_input(index, trace.n_source if encoder else trace.n_inputs)
    if not has_query_keys(trace):
        raise AttrWidgetError(_RETURNED.format(trace.model.name))
    reader = cast("JointAttention", trace.attention).part(part) if encoder else trace.attention
    check_selection(HeadSelection(None, ((layer, head),)), reader.n_layers, reader.n_heads)
    seen = trace.n_source if encoder else trace.seen_from(row)
    if index >= seen:
        raise AttrWidgetError(f"{reads} does not see input {index}: it sees the first {seen}.")
    weight = float(reader.weights(layer, [head], [row])[0, 0, index])
    if isinstance(reader, JointAttention):
        row -= reader.n_source
        crossed = index < reader.n_source
        index -= 0 if crossed else reader.n_source
        reader = reader.cross if crossed else reader.decoder
    if not isinstance(reader, RecordedAttention) or index >= reader.records[layer].key.shape[2]:
        raise AttrWidgetError(_RETURNED.format(trace.model.name))
    record = reader.records[layer]
    query, key = record.query[0, head, row], record.key[0, head // record.groups, index]
    scale = record.pieces[-1].options.get("scaling")
    return QueryKey(
        query.float().cpu().numpy(),
        key.float().cpu().numpy(),
        float(query.shape[0] ** -0.5 if scale is None else scale),
        weight,
    )
