"""Attention rollout: attention multiplied through all layers, averaged with the identity for the residual stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.methods.method import Method, Passes
from attrwidget.methods.registry import register

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target

_CHUNK_BYTES = 64 << 20
_NEARLY_ALL = 0.8  # of a row


def _compute(trace: Trace, _target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
    """Multiply only the rows asked for, from the last layer down, so that no [tokens, tokens] matrix is kept."""
    import torch

    reader, wanted = trace.attention, list(steps)
    flow = torch.zeros(len(wanted), trace.n_inputs, dtype=torch.float32)
    flow[range(len(wanted)), [trace.position(s) for s in wanted]] = 1
    for layer in reversed(range(reader.n_layers)):
        flow = (flow + _through(trace, layer, flow)) / 2
    rows = flow.numpy()
    for row, step in zip(rows, wanted, strict=True):
        row[trace.seen(step) :] = np.nan
    yield wanted, rows


def _through(trace: Trace, layer: int, flow: torch.Tensor) -> torch.Tensor:
    """Return *flow* ``[k, tokens]`` times the layer's mean attention ``[tokens, tokens]``."""
    import torch

    reader, n = trace.attention, trace.n_inputs
    size = max(1, _CHUNK_BYTES // (4 * n * max(1, reader.n_heads)))
    out = torch.zeros_like(flow)
    for start in range(0, n, size):
        part = range(start, min(start + size, n))
        out += flow[:, start : part.stop] @ reader.weights(layer, None, part).mean(0).cpu()
    return out


def _note_on_rows(trace: Trace, steps: Sequence[int], rows: NDArray[np.floating]) -> str | None:
    """Return a note on one input that takes nearly all of every row, or None."""
    first = int(np.nanargmax(rows[0]))
    several = [row for row, step in zip(rows, steps, strict=True) if trace.seen(step) > 2]
    if not several or min(row[first] / np.nansum(row) for row in several) < _NEARLY_ALL:
        return None
    return (
        f"{trace.tokens.labels[first]!r} takes over {_NEARLY_ALL:.0%} of each row, as attention that is multiplied "
        "through many layers ends at one token: the rest says little."
    )


ROLLOUT = register(
    Method(
        name="rollout",
        title="Attention rollout",
        description="attention rollout through all layers, mean of all heads",
        question="look",
        formula="row t of Π over layers of (½ mean over heads of A + ½ I)",
        cost="one product of attention with a row per generated token and layer",
        source="Abnar & Zuidema 2020 (arXiv:2005.00928)",
        compute=_compute,
        passes=Passes(),
        target_function=None,
        needs=("attention", "stack"),
        note_on_rows=_note_on_rows,
    )
)
