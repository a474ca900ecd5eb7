"""Cross-attention: the weights that a decoder gives to each token of the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from attrwidget.methods.method import Method, Passes
from attrwidget.methods.registry import register
from attrwidget.methods.shared.attention_weights import combined_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.attention.joint import JointAttention
    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target

_STEPS = 256  # rows of weights of all heads of a layer in memory at once


def _compute(trace: Trace, _target: Target, steps: Sequence[int], selection: HeadSelection) -> Rows:
    reader = cast("JointAttention", trace.attention).cross  # by what the method needs
    for start in range(0, len(steps), _STEPS):
        chunk = list(steps[start : start + _STEPS])
        rows = np.full((len(chunk), trace.n_inputs), np.nan, dtype=np.float32)
        at = [trace.position(step) - trace.n_source for step in chunk]
        rows[:, : trace.n_source] = combined_weights(reader, at, selection).numpy()
        yield chunk, rows


CROSS_ATTENTION = register(
    Method(
        name="cross_attention",
        title="Cross-attention",
        description="cross-attention",
        question="look",
        formula="softmax(q·kᵀ·scale + mask) of the decoder's queries and the encoder's keys",
        cost="one small matrix product per layer",
        source="Bahdanau et al. 2015 (arXiv:1409.0473); Vaswani et al. 2017 (arXiv:1706.03762)",
        compute=_compute,
        passes=Passes(),
        attention=True,
        target_function=None,
        needs=("attention", "source"),
    )
)
