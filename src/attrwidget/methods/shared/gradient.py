"""What gradient methods share: gradients reduced chunk by chunk, so that [steps, inputs, d] never exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import torch

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.registry import Rows
    from attrwidget.methods.request.targets import Target

    Gradients = Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]
    Reduce = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def reduced_gradients(trace: Trace, target: Target, steps: Sequence[int], reduce: Reduce) -> Rows:
    """Yield rows of reduced gradients of *target*, see ``reduced``."""
    return reduced(trace, trace.gradients(steps, target), reduce)


def reduced(trace: Trace, gradients: Gradients, reduce: Reduce) -> Rows:
    """Yield rows of ``reduce(gradients [k, tokens, d], embeddings [tokens, d]) -> [k, tokens]``, as float64.

    The slope of a certain prediction's score may be too small for float32. *reduce* must be homogeneous in the
    gradients: their scale is multiplied in after it.
    """
    for chunk, slopes, scales, embeddings in gradients:
        values = (reduce(slopes.float(), embeddings.float()) * scales[:, None]).cpu().numpy()
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
