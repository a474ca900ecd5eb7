"""Read one of the three attentions of an encoder–decoder: of its encoder, its decoder, or across."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.shared.attention_weights import combined_weights
from attrwidget.results.arguments import require_source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.engine.attention.joint import JointAttention
    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection


def read_part(
    trace: Trace, name: str, selection: HeadSelection, *, steps_only: bool
) -> tuple[NDArray[np.float32], list[int], list[int]]:
    """Return the weights of the attention called *name*, float32 ``[rows, columns]``, and the tokens of both sides.

    With *steps_only*, a row of the decoder is labelled by the token that it predicts, else by the token at its
    position. Weights are NaN where a token came later. Raises AttrWidgetError for a model of another kind, and for
    parts, layers and heads that do not exist.
    """
    from attrwidget.engine.attention.joint import PARTS

    if name not in PARTS:
        raise AttrWidgetError(f"There is no part {name!r} of the attention: take one of {', '.join(PARTS)}.")
    require_source(trace.n_source, trace.model.name, "part")
    reader = cast("JointAttention", trace.attention).part(name)
    source, target = range(trace.n_source), range(trace.n_source, trace.n_inputs)
    columns = target if name == "decoder" else source
    if name == "encoder":
        return combined_weights(reader, source, selection).numpy(), list(source), list(columns)
    read = [trace.position(s) for s in range(trace.n_steps)] if steps_only else list(target)
    weights = combined_weights(reader, [row - trace.n_source for row in read], selection).numpy()
    if name == "decoder":
        for row, position in zip(weights, read, strict=True):
            row[position - trace.n_source + 1 :] = np.nan
    return weights, [row + steps_only for row in read], list(columns)
