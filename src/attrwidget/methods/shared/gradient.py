"""Reduce gradients to one number per input, chunk by chunk, so that [steps, inputs, d] never exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import torch

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Rows
    from attrwidget.methods.request.targets import Target

    Gradients = Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]
    Reduce = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def reduced_gradients(trace: Trace, target: Target, steps: Sequence[int], reduce: Reduce) -> Rows:
    """Yield rows of reduced gradients of *target*, see ``reduced``."""
    return reduced(trace, trace.gradients(steps, target), reduce)


def reduced(trace: Trace, chunks: Gradients, reduce: Reduce) -> Rows:
    """Yield rows of reduced gradients, as float64.

    Args:
        trace: The run that is explained.
        chunks: What ``trace.gradients`` yields.
        reduce: Turns gradients ``[k, tokens, d]`` and embeddings ``[tokens, d]`` into ``[k, tokens]``. It must be
            homogeneous in the gradients: their scale, which may be too small for float32, is multiplied in after it.

    Raises:
        AttrWidgetError: A gradient is not finite.
    """
    for chunk, gradients, scales, embeddings in chunks:
        values = (reduce(gradients.float(), embeddings.float()) * scales[:, None]).cpu().numpy()
        rows = np.full((len(chunk), trace.n_inputs), np.nan)
        for row, value, step in zip(rows, values, chunk, strict=True):
            seen = trace.seen(step)
            if not np.isfinite(value[:seen]).all():
                raise AttrWidgetError(_not_finite(trace, step))
            row[:seen] = value[:seen]
        yield chunk, rows


def _not_finite(trace: Trace, step: int) -> str:
    name = trace.tokens.labels[trace.first_step + step]
    return (
        f"The gradients of generated token {step + 1} ({name!r}) are not finite (NaN or infinity): check the model's "
        "weights, load it with dtype='float32', or read its attention instead."
    )
