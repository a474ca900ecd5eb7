"""What a gradient graph of a text offers, whatever kind of model made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import torch

    ScoreFunction = Callable[[torch.Tensor, Sequence[int]], torch.Tensor]


class Graph(Protocol):
    """Gradients of steps' scores at the input embeddings, for one text."""

    def gradients(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield ``(steps, gradients [k, inputs, d], scales [k], embeddings [inputs, d])``.

        See ``GradientGraph.gradients``.
        """

    def scores(self, steps: Sequence[int], score: ScoreFunction) -> torch.Tensor:
        """Return the *score* of each of *steps*, float64 ``[len(steps)]`` on the CPU."""
