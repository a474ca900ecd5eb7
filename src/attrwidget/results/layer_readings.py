"""Readings of every block by itself: its attention, and gradient × hidden state at its output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.method import HeadSelection
from attrwidget.methods.request.make import make_request
from attrwidget.methods.shared.attention_weights import attention_rows
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.results.lens import Lens

READINGS = ("input_x_gradient", "attention")


def lens_by_layer(lens: Lens, n_steps: int) -> pd.DataFrame:
    """Return what each layer would predict, columns by step; see ``Explanation.logit_lens``."""
    columns: dict[tuple[int, str], Any] = {}
    for step, read in enumerate(lens.read(range(n_steps))):
        columns[step, "token"] = [words[0] for words in read.words]
        columns[step, "probability"] = read.probability[:, 0]
        columns[step, "chosen"] = read.chosen
    table = Table(columns).rename_axis("layer")
    return table.rename_axis(columns=["step", "reading"])


def read_blocks(  # noqa: PLR0917 - called by name alone
    trace: Trace,
    reading: str,
    steps: Sequence[int],
    target_function: str | None,
    foil: Any,
    head_rule: str,
) -> pd.DataFrame:
    """Return float32 rows by ``(step, block)``, columns by token; see ``Explanation.blocks``."""
    if reading not in READINGS:
        raise AttrWidgetError(
            f"There is no reading {reading!r} of blocks: take one of {', '.join(READINGS)}."
        )
    if reading == "attention":
        blocks: list[int | str] = list(range(trace.n_layers))
        rows = _attention(trace, steps, target_function, foil, head_rule)
    else:
        blocks, rows = _gradients(trace, steps, target_function, foil)
    index = pd.MultiIndex.from_product([list(steps), blocks], names=["step", "block"])
    columns = pd.Index(trace.tokens.labels[: trace.n_inputs], name="input")
    return Table(rows.reshape(-1, trace.n_inputs), index=index, columns=columns)


def _attention(
    trace: Trace, steps: Sequence[int], target_function: str | None, foil: Any, head_rule: str
) -> NDArray[np.float32]:
    layers = []
    for layer in range(trace.attention.n_layers):
        selection = HeadSelection(layer, rule=head_rule)
        make_request(trace, "attention", target_function, foil=foil, selection=selection)
        layers.append(np.concatenate([chunk[1] for chunk in attention_rows(trace, steps, selection)]))
    return np.stack(layers, axis=1).astype(np.float32)


def _gradients(
    trace: Trace, steps: Sequence[int], target_function: str | None, foil: Any
) -> tuple[list[int | str], NDArray[np.float32]]:
    """Return the names of the blocks, and gradient × hidden state ``[steps, blocks, inputs]``."""
    from attrwidget.engine.layer_outputs import block_names, block_products

    target = make_request(trace, "input_x_gradient", target_function, foil=foil).target
    rows = np.empty((len(steps), 1 + len(block_names(trace)), trace.n_inputs), dtype=np.float32)
    for row, (step, products) in zip(rows, block_products(trace, steps, target), strict=True):
        row[:] = products.numpy()
        row[:, trace.seen(step) :] = np.nan
    return ["embeddings", *block_names(trace)], rows
