"""Attention: the weights that the model gives to each input when it predicts a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.methods.method import Method, Passes
from attrwidget.methods.registry import register
from attrwidget.methods.shared.attention_weights import attention_note, attention_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


def _compute(trace: Trace, _target: Target, steps: Sequence[int], selection: HeadSelection) -> Rows:
    return attention_rows(trace, steps, selection)


ATTENTION = register(
    Method(
        name="attention",
        title="Attention",
        description="attention",
        question="look",
        formula="softmax(q·kᵀ·scale + mask), of any heads, made one by their mean, sum, max or median",
        cost="one small matrix product per layer",
        source="Vaswani et al. 2017 (arXiv:1706.03762); what attention is not: Jain & Wallace 2019 (arXiv:1902.10186)",
        compute=_compute,
        passes=Passes(),
        attention=True,
        target_function=None,
        needs=("attention",),
        note=attention_note,
    )
)
