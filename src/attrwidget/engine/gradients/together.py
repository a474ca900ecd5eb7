"""Differentiate several texts of one model in batches, where each has the numbers that it has by itself."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.engine.compare import same
from attrwidget.engine.memory import graphs_at_once, in_batches, steps_at_once
from attrwidget.hf.exclusive_use import lock_of
from attrwidget.hf.model_errors import RAISED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from attrwidget.engine.gradients.batched import ReplaceEmbeddings
    from attrwidget.engine.gradients.graph import Graph, ScoreFunction
    from attrwidget.engine.gradients.padded import TextGradients
    from attrwidget.engine.trace import Trace

_TIMES = 0.1  # of the rounding that other runs are allowed: 1e-5 of the largest number in float32


class Wanted(NamedTuple):
    """What is to be differentiated.

    Attributes:
        trace: The text.
        score: Its score.
        steps: Its steps, in order.
        replace_embeddings: What replaces its embeddings, as in ``GradientGraph``; None for its own.
    """

    trace: Trace
    score: ScoreFunction
    steps: Sequence[int]
    replace_embeddings: ReplaceEmbeddings | None = None


def gradients_together(
    wanted: Sequence[Wanted], *, checked: bool = False, **options: Any
) -> Iterator[tuple[int, TextGradients]]:
    """Yield the number of each of several texts, and its gradients, where they can be computed in batches.

    They cannot where the padded text has other logits than in its first run. They cannot for any text of a batch where
    memory does not suffice, or where its shortest text, which is padded most, has other gradients by itself. Such texts
    must be differentiated by themselves.

    Args:
        wanted: Texts of one model; the embeddings of all are replaced, or of none.
        checked: Whether their own embeddings have been differentiated in batches before, so that nothing is compared.
        **options: *attention* and *around*, as for ``new_graph``.
    """
    numbers = [at for at, one in enumerate(wanted) if one.trace.can_be_padded]
    numbers.sort(key=lambda at: wanted[at].trace.n_inputs)

    def at_once(at: int) -> int:
        trace = wanted[at].trace
        return graphs_at_once(trace.model, trace.n_inputs, trace.n_steps)

    for batch in in_batches(numbers, at_once):
        if len(batch) > 1:
            try:
                found = _gradients([wanted[at] for at in batch], checked=checked, **options)
            except (*RAISED, MemoryError):
                continue
            for at, gradients in zip(batch, found, strict=True):
                if gradients is not None:
                    yield at, gradients


def _gradients(
    batch: Sequence[Wanted],
    *,
    checked: bool,
    attention: str | None = None,
    around: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> Sequence[TextGradients | None]:
    """Return the gradients of each text of a *batch*, the shortest first; None where they cannot be used."""
    traces = [one.trace for one in batch]
    first = traces[0]
    capabilities = first.capabilities
    if attention is not None:
        capabilities = replace(capabilities, gradient_attention=attention)
    for trace in traces[:1] if checked else traces:
        trace.require_same_weights()
    places = [one.replace_embeddings for one in batch if one.replace_embeddings is not None]
    with lock_of(first.model.hf):
        run = type(first).run_padded(traces, capabilities, around=around, replace_embeddings=places or None)
        agree = [checked or trace.agrees(run.logits_of(text)) for text, trace in enumerate(traces)]
        if not any(agree):
            return [None] * len(batch)
        at_once = steps_at_once(first.model, capabilities, traces[-1].n_inputs, len(batch))
        found = run.gradients([one.score for one in batch], [one.steps for one in batch], at_once)
    if checked:
        return found
    alone = first.new_graph(attention=attention, around=around)
    if not _as_by_itself(batch[0], alone, found[0]):
        return [None] * len(batch)
    return [gradients if usable else None for gradients, usable in zip(found, agree, strict=True)]


def _as_by_itself(one: Wanted, graph: Graph, beside: TextGradients) -> bool:
    """Return whether the *graph* of a text by itself gives the gradients that it has *beside* others."""
    low_precision = one.trace.model.low_precision
    for chunk, alone, _, _ in graph.gradients(one.steps, one.score):
        ((_, found, _, _),) = beside.gradients(chunk, one.score)
        tokens = alone.shape[1]  # those after the steps may be left out: their gradients are zero
        if found[:, tokens:].any() or not same(
            alone.float(), found[:, :tokens].float(), low_precision=low_precision, times=_TIMES
        ):
            return False
    return True
