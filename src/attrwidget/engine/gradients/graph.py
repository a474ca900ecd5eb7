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

    def gradient_of_sum(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the gradient of the sum of the scores of *steps*, by one backward pass for all of them.

        Args:
            steps: At least one step.
            score: As for ``gradients``.

        Returns:
            ``(gradient, scale, embeddings)``, ``[tokens, d]``, float64 ``[]`` and ``[tokens, d]``: the gradient of the
            sum is ``scale * gradient``. ``tokens`` reach at least to the position of the last step.
        """

    def scores(self, steps: Sequence[int], score: ScoreFunction) -> torch.Tensor:
        """Return the *score* of each of *steps*, float64 ``[len(steps)]`` on the CPU."""
