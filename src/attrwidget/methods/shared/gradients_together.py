"""Compute the rows of a method of gradients for several texts, which are differentiated in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import torch

    from attrwidget.engine.gradients.graph import ScoreFunction
    from attrwidget.engine.gradients.padded import TextGradients
    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Chunk
    from attrwidget.methods.request.make import Request


class _Differentiated:
    """A trace with gradients of one score, computed beside those of other texts; all else is the trace's own."""

    def __init__(self, trace: Trace, found: TextGradients) -> None:
        self._trace, self._found = trace, found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._trace, name)

    def gradients(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield the gradients of *steps*; see ``Trace.gradients``."""
        return self._found.gradients(steps, score)

    def new_graph(self, **_options: Any) -> TextGradients:
        """Return the gradients, which were computed with these options; see ``Trace.new_graph``."""
        return self._found


def rows_together(
    traces: Sequence[Trace],
    requests: Sequence[Request],
    *,
    run_as: Callable[[Trace], dict[str, Any]] | None = None,
) -> list[list[Chunk] | None]:
    """Compute the rows of several texts of one model; see ``Method.together``.

    Args:
        traces: The texts.
        requests: What is asked for of each, by one method that reads the gradients of one graph.
        run_as: The options with which the method makes that graph of a trace; by default it is the trace's own.
    """
    from attrwidget.engine.gradients.together import Wanted, gradients_together  # imports torch

    found: list[list[Chunk] | None] = [None] * len(traces)
    wanted = [
        Wanted(trace, request.target, range(trace.n_steps))
        for trace, request in zip(traces, requests, strict=True)
    ]
    for at, gradients in gradients_together(wanted, **({} if run_as is None else run_as(traces[0]))):
        trace = cast("Trace", _Differentiated(traces[at], gradients))
        try:
            found[at] = list(requests[at].compute(trace, range(trace.n_steps)))
        except AttrWidgetError:
            continue  # by itself it has this error again
    return found
