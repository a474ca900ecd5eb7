"""Baselines in embedding space, and the mean and spread of the vocabulary's embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.shared.replacement import replacement

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

    from attrwidget.engine.trace import Trace

BASELINES = ("auto", "zero", "mean", "mean_keep_first", "pad", "mask", "unknown")
_CHUNK = 8192  # tokens of the vocabulary embedded at a time


class Spread(NamedTuple):
    """The mean ``[d]`` of the embeddings of the whole vocabulary, and the standard deviation of their numbers."""

    mean: torch.Tensor
    deviation: float


def spreads(trace: Trace) -> list[tuple[int, Spread]]:
    """Return, for each embedding table, how many inputs in turn it embeds and the spread of its vocabulary.

    Embeddings are read through the module, so that its scale counts.
    """
    tables = trace.tables()
    known = {table: _spread(trace, table) for table in {table for _, table in tables}}
    return [(count, known[table]) for count, table in tables]


def _spread(trace: Trace, table: Any) -> Spread:
    import torch

    vocabulary = int(table.weight.shape[0])

    def parts() -> Iterator[torch.Tensor]:
        for start in range(0, vocabulary, _CHUNK):
            stop = min(start + _CHUNK, vocabulary)
            yield trace.embed(torch.arange(start, stop, device=trace.model.device), table).float()

    sums = [
        (p.sum(0).double(), float(p.double().sum()), float(p.double().square().sum()), p.numel())
        for p in parts()
    ]
    count = sum(n for *_, n in sums)
    average = sum(total for _, total, _, _ in sums) / count
    square = sum(squares for _, _, squares, _ in sums) / count
    mean = torch.stack([total for total, *_ in sums]).sum(0) / vocabulary
    return Spread(mean, float(np.sqrt(max(square - average**2, 0.0))))


def keeps_first(trace: Trace, which: Any) -> bool:
    """Return whether the baseline *which* keeps the first input: by default where a model continues a text.

    Much of such a model's attention rests there, so that a path that moves this input runs through other predictions
    and its integral hardly converges: benchmarks/integrated_gradients.md.
    """
    if not isinstance(which, str):
        return False
    return which == "mean_keep_first" or (which == "auto" and trace.task == "text-generation")


def baseline_of(trace: Trace, which: Any) -> torch.Tensor:
    """Return the embeddings of a baseline.

    Args:
        trace: The run that is explained.
        which: ``"auto"``, which is ``"mean_keep_first"`` for a model that continues a text and ``"mean"`` for others;
            ``"zero"``; ``"mean"``, over the vocabulary; ``"mean_keep_first"``, the same with the first input kept; the
            embedding of the ``"pad"``, ``"mask"`` or ``"unknown"`` token; or an array or tensor ``[d]`` or ``[n_inputs,
            d]``.

    Returns:
        ``[n_inputs, d]`` in the embeddings' precision.

    Raises:
        AttrWidgetError: The baseline is unknown, or has another shape.
    """
    import torch

    embeddings = trace.embeddings()
    if isinstance(which, str):
        if which not in BASELINES:
            raise AttrWidgetError(
                f"There is no baseline {which!r}: take one of {', '.join(BASELINES)}, or an array [{trace.n_inputs}, "
                f"{embeddings.shape[1]}]."
            )
        if which == "zero":
            return torch.zeros_like(embeddings)
        if which in ("auto", "mean", "mean_keep_first"):
            means = [spread.mean.expand(count, -1) for count, spread in spreads(trace)]
            whole = torch.cat(means).to(embeddings)
            return torch.cat([embeddings[:1], whole[1:]]) if keeps_first(trace, which) else whole
        token = torch.tensor([replacement(trace, which)[0]], device=trace.model.device)
        return torch.cat([trace.embed(token, table).expand(count, -1) for count, table in trace.tables()])
    try:
        given = torch.as_tensor(which).detach().to(embeddings)
        return given.expand_as(embeddings).clone()
    except (TypeError, ValueError, RuntimeError) as error:
        shape = tuple(getattr(which, "shape", ())) or type(which).__name__
        raise AttrWidgetError(
            f"A baseline is one of {', '.join(BASELINES)}, or an array of shape {tuple(embeddings.shape[1:])} or "
            f"{tuple(embeddings.shape)}, not {shape}."
        ) from error
