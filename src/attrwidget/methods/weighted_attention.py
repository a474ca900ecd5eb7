"""Attention × value norm: each weight times the length of the value vector that it is applied to."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from attrwidget.methods.method import Method, Passes
from attrwidget.methods.registry import register
from attrwidget.methods.shared.attention_weights import attention_note, attention_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from attrwidget.engine.attention.recorder import RecordedAttention
    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


def _compute(trace: Trace, _target: Target, steps: Sequence[int], selection: HeadSelection) -> Rows:
    reader = cast("RecordedAttention", trace.attention)  # by what the method needs

    def weigh(layer: int, heads: list[int] | None, weights: torch.Tensor) -> torch.Tensor:
        return weights * reader.value_norms(layer, heads)[:, None, :]

    return attention_rows(trace, steps, selection, weigh)


WEIGHTED_ATTENTION = register(
    Method(
        name="weighted_attention",
        title="Attention × value norm",
        description="attention × norm of the value, mean of all heads",
        question="look",
        formula="α_tj ‖v_j‖₂, of any heads, made one by their mean, sum or max",
        cost="one small matrix product per layer",
        source="Kobayashi et al. 2020 (arXiv:2004.10102), before the output projection",
        compute=_compute,
        passes=Passes(),
        picks=True,
        target_function=None,
        needs=("interface",),
        note=attention_note,
    )
)
