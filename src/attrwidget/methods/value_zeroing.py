"""Value zeroing: how far the last hidden state moves, by cosine, when an input's values are zero in every layer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from attrwidget.methods.method import Method, Passes
from attrwidget.methods.registry import register
from attrwidget.methods.request.units import units_of
from attrwidget.methods.shared.one_at_a_time import OneAtATime, rows_one_at_a_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    import torch

    from attrwidget.engine.perturb import Group
    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


def _compute(trace: Trace, _target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
    def make() -> OneAtATime:
        from attrwidget.hf.attention_interface import observed_attention

        around = partial(_zeroing, trace)
        perturber = trace.perturber(
            None, around=around, attention=observed_attention(trace.model.hf), hidden=True
        )
        inputs = units_of(trace, "token")
        return OneAtATime(trace, inputs, perturber, lambda hidden: hidden.double().cpu(), _cosine_distance)

    return rows_one_at_a_time(trace, "value_zeroing", make, steps)


def _zeroing(trace: Trace, groups: Sequence[Group]) -> AbstractContextManager[None]:
    """Zero the values of a group of inputs, another group in each text of the batch."""
    from attrwidget.hf.attention_interface import replaced_attention

    def attention(
        run: Callable[..., Any],
        module: Any,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        *rest: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        mask, options = rest
        value = value.clone()
        for zeroed, group in zip(value, groups, strict=True):
            zeroed[:, trace.keys_of(module, group)] = 0
        return run(module, query, key, value, mask, **options)  # type: ignore[no-any-return]

    return replaced_attention(attention)


def _cosine_distance(whole: torch.Tensor, changed: torch.Tensor) -> torch.Tensor:
    import torch

    return (1 - torch.nn.functional.cosine_similarity(whole, changed, dim=-1)).clamp_min(0)


VALUE_ZEROING = register(
    Method(
        name="value_zeroing",
        title="Value zeroing",
        description="cosine distance of the last hidden state when an input's values are zeroed",
        question="look",
        formula="1 − cos(h_t, h_t with v_j = 0 in every layer), h the unembedding's input",
        cost="one forward pass per input for all steps together, batched",
        source="Mohebbi et al. 2023 (arXiv:2301.12971), who zero one layer at a time",
        compute=_compute,
        passes=Passes(each_input=1),
        target_function=None,
        needs=("interface",),
    )
)
