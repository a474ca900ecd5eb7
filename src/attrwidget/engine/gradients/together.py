"""Differentiate several texts of one model in batches, where each has the numbers that it has by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from attrwidget.engine.compare import same
from attrwidget.engine.memory import graphs_at_once, in_batches, steps_at_once
from attrwidget.hf.exclusive_use import lock_of
from attrwidget.hf.model_errors import RAISED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.engine.gradients.graph import Graph, ScoreFunction
    from attrwidget.engine.gradients.padded import TextGradients
    from attrwidget.engine.trace import Trace

    Work = tuple[int, Trace, ScoreFunction]

_TIMES = 0.1  # of the rounding that other runs are allowed: 1e-5 of the largest number in float32


def gradients_together(
    traces: Sequence[Trace], scores: Sequence[ScoreFunction], *, attention: str | None = None, **options: Any
) -> Iterator[tuple[int, TextGradients]]:
    """Yield the number of each of several texts, and its gradients by its score, where they can be computed in batches.

    They cannot where the padded text has other logits than in its first run. They cannot for any text of a batch where
    memory does not suffice, or where its shortest text, which is padded most, has other gradients by itself. Such texts
    must be differentiated by themselves.

    Args:
        traces: The texts.
        scores: The score of each.
        attention: As for ``new_graph``.
        **options: As for ``run_padded``.
    """
    work = [(at, trace, score) for at, (trace, score) in enumerate(zip(traces, scores, strict=True))]
    work = sorted((one for one in work if one[1].can_be_padded), key=lambda one: one[1].n_inputs)
    for batch in in_batches(work, lambda one: graphs_at_once(one[1].model, one[1].n_inputs, one[1].n_steps)):
        if len(batch) > 1:
            try:
                found = _gradients(batch, attention, options)
            except (*RAISED, MemoryError):
                continue
            for (at, *_), gradients in zip(batch, found, strict=True):
                if gradients is not None:
                    yield at, gradients


def _gradients(
    batch: Sequence[Work], attention: str | None, options: dict[str, Any]
) -> list[TextGradients | None]:
    """Return the gradients of each text of a *batch*, the shortest first; None where they cannot be used."""
    traces = [trace for _, trace, _ in batch]
    first, longest = traces[0], traces[-1].n_inputs
    capabilities = first.capabilities
    if attention is not None:
        capabilities = replace(capabilities, gradient_attention=attention)
    for trace in traces:
        trace.require_same_weights()
    with lock_of(first.model.hf):
        run = type(first).run_padded(traces, capabilities, **options)
        agree = [trace.agrees(run.logits_of(text)) for text, trace in enumerate(traces)]
        if not any(agree):
            return [None] * len(batch)
        at_once = steps_at_once(first.model, capabilities, longest, len(batch))
        found = run.gradients([score for *_, score in batch], at_once)
    alone = first.new_graph(attention=attention, **options)
    if not _as_by_itself(first, alone, found[0], batch[0][2]):
        return [None] * len(batch)
    return [gradients if usable else None for gradients, usable in zip(found, agree, strict=True)]


def _as_by_itself(trace: Trace, graph: Graph, beside: TextGradients, score: ScoreFunction) -> bool:
    """Return whether the *graph* of a text by itself gives the gradients that it has *beside* others."""
    steps = range(trace.n_steps)
    low_precision = trace.model.low_precision
    for chunk, alone, _, _ in graph.gradients(steps, score):
        ((_, found, _, _),) = beside.gradients(chunk, score)
        tokens = alone.shape[1]  # those after the steps may be left out: their gradients are zero
        if found[:, tokens:].any() or not same(
            alone.float(), found[:, :tokens].float(), low_precision=low_precision, times=_TIMES
        ):
            return False
    return True
