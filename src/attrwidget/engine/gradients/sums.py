"""The sum of several steps' scores as the score of one step, so that one backward pass explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import torch

    from attrwidget.engine.gradients.graph import Graph, ScoreFunction
    from attrwidget.engine.trace import Trace

    Gradients = Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]


class SummedGraph:
    """A ``Graph`` of one step, the last of *steps*, whose score is the sum of theirs."""

    def __init__(self, graph: Graph, steps: Sequence[int]) -> None:
        self._graph, self._steps = graph, steps

    def gradients(self, _steps: Sequence[int], score: ScoreFunction) -> Gradients:
        """Yield the gradient of the sum as that of the last step."""
        yield _of_last(self._steps, *self._graph.gradient_of_sum(self._steps, score))

    def scores(self, _steps: Sequence[int], score: ScoreFunction) -> torch.Tensor:
        """Return the sum of the scores, float64 ``[1]`` on the CPU."""
        return self._graph.scores(self._steps, score).sum(0, keepdim=True)

    def gradient_of_sum(
        self, _steps: Sequence[int], score: ScoreFunction
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the gradient of the sum; see ``Graph.gradient_of_sum``."""
        return self._graph.gradient_of_sum(self._steps, score)


class SummedTrace:
    """A trace in which the last of *steps* stands for all of them: its score is the sum of theirs.

    Everything else is the trace's own, so that a method of gradients computes the row of the sum as it computes others.
    """

    def __init__(self, trace: Trace, steps: Sequence[int]) -> None:
        self._trace, self._steps = trace, steps

    def __getattr__(self, name: str) -> Any:
        return getattr(self._trace, name)

    def gradients(self, _steps: Sequence[int], score: ScoreFunction) -> Gradients:
        """Yield the gradient of the sum as that of the last step; see ``Trace.gradients``."""
        yield _of_last(self._steps, *self._trace.gradient_of_sum(self._steps, score))

    def graph(self) -> SummedGraph:
        """Return the gradient graph of the sum; see ``Trace.graph``."""
        return SummedGraph(self._trace.graph(), self._steps)

    def new_graph(self, **options: Any) -> SummedGraph:
        """Return another gradient graph of the sum; see ``Trace.new_graph``."""
        return SummedGraph(self._trace.new_graph(**options), self._steps)


def _of_last(
    steps: Sequence[int], gradient: torch.Tensor, scale: torch.Tensor, embeddings: torch.Tensor
) -> tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]:
    return [steps[-1]], gradient[None], scale[None].to(gradient.device), embeddings
