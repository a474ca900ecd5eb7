"""Saliency: the norm of the score's gradient at each input embedding."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.method import Method, Passes
from attrwidget.methods.registry import register
from attrwidget.methods.shared.gradient import reduced_gradients
from attrwidget.methods.shared.gradients_together import rows_together

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


_NORMS = {"l1": 1, "l2": 2, "max": float("inf")}


def _reduce(gradients: torch.Tensor, _embeddings: torch.Tensor, norm: str = "l2") -> torch.Tensor:
    sizes: torch.Tensor = gradients.norm(_NORMS[norm], dim=-1)
    return sizes


def _compute(
    trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection, *, norm: str
) -> Rows:
    if norm not in _NORMS:
        raise AttrWidgetError(f"norm is one of {', '.join(map(repr, _NORMS))}, not {norm!r}.")
    return reduced_gradients(trace, target, steps, partial(_reduce, norm=norm))


def _note(_trace: Trace, options: Mapping[str, Any]) -> str | None:
    return {"l1": "L1 norm", "max": "largest magnitude instead of a norm"}.get(options["norm"])


SALIENCY = register(
    Method(
        name="saliency",
        title="Saliency",
        description="saliency of {target}, L2 norm",
        question="depend",
        formula="‖∂s/∂e‖ over the embedding's dimensions: L2, L1 or the largest magnitude",
        cost="one backward pass per generated token",
        source="Simonyan et al. 2013 (arXiv:1312.6034); L2 over dimensions as Inseq's default",
        compute=_compute,
        passes=Passes(once=1, each_step=0.7),
        reduce=_reduce,
        together=rows_together,
        distribution="gradient",
        options={"norm": "l2"},
        note=_note,
    )
)
