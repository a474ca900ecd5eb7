"""Target functions: the score of a step that is differentiated, or compared with an input removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch

    from attrwidget.methods.request.distribution import Reference

_ROWS = 64  # rows of logits turned to float64 at a time

TARGET_FUNCTIONS = {
    "probability": "probability",
    "log_prob": "log-probability",
    "logit": "logit",
    "log_odds": "log-odds",
    "contrast": "logit minus the foil's",
    "entropy": "entropy",
    "distribution": "the whole distribution",
}


@dataclass(frozen=True)
class Target:
    """The score of each step that is explained; call it with logits.

    Shares of ``probability`` and ``log_prob`` are the same (∇p = p ∇log p), but ∇log p does not vanish with p.

    Attributes:
        function: ``"probability"``, ``"log_prob"`` or ``"logit"`` of the step's token; ``"log_odds"``, log p/(1 − p);
            ``"contrast"``, its logit minus that of the step's foil (Yin & Neubig 2022, arXiv:2202.10419);
            ``"entropy"`` of the step's distribution, in nats; ``"distribution"``, the whole of it.
        tokens: The token, or class, of each step.
        foils: The foil of each step, for ``"contrast"``.
        reference: For ``"distribution"``: what the model predicts for the text itself.
        differentiated: For ``"distribution"``: whether the score is the direction in which the distribution changes
            most, for methods that differentiate, instead of its divergence from the reference.
        output_kind: ``"sigmoid"`` where each output has a probability by itself, else ``"softmax"``.
    """

    function: str
    tokens: tuple[int, ...]
    foils: tuple[int, ...] | None = None
    reference: Reference | None = None
    differentiated: bool = False
    output_kind: str = "softmax"

    def __post_init__(self) -> None:
        if self.function not in TARGET_FUNCTIONS:
            raise AttrWidgetError(
                f"There is no target function {self.function!r}: take one of {', '.join(TARGET_FUNCTIONS)}."
            )
        if self.function == "contrast" and self.foils is None:
            raise AttrWidgetError(
                "The target function 'contrast' needs the other token: give foil=, a text like ' Thomas' or an id."
            )
        if (self.function == "distribution") != (self.reference is not None):
            raise AttrWidgetError(
                "The target function 'distribution' needs reference=, and no other takes it."
            )

    def __call__(self, logits: torch.Tensor, steps: Sequence[int]) -> torch.Tensor:
        """Return the scores of some steps.

        Args:
            logits: float64 ``[r, outputs]``.
            steps: The step that each row of *logits* belongs to.

        Returns:
            float64 ``[r]``, differentiable.
        """
        import torch

        if self.reference is not None:
            return (self.reference.steepest if self.differentiated else self.reference.expected)(
                logits, steps
            )
        if self.function == "entropy":
            return self._entropy(logits, steps)
        chosen = self._column(self.tokens, steps, logits)
        logit = logits.gather(-1, chosen)[:, 0]
        if self.function == "logit":
            return logit
        if self.foils is not None:
            return logit - logits.gather(-1, self._column(self.foils, steps, logits))[:, 0]
        # Against the others' sum, so that the gradient 1 - p keeps its digits when p is near 1.
        others = (
            logits.scatter(-1, chosen, -torch.inf).logsumexp(-1) if self.output_kind == "softmax" else 0.0
        )
        if self.function == "log_odds":
            return logit - others
        log_probability = torch.nn.functional.logsigmoid(logit - others)
        return log_probability.exp() if self.function == "probability" else log_probability

    def all_steps(self, logits: torch.Tensor) -> torch.Tensor:
        """Return the score of every step; a *read* for ``Trace.perturber``.

        Args:
            logits: The logits of all steps, ``[steps, outputs]``.

        Returns:
            float64 ``[steps]`` on the CPU.
        """
        import torch

        steps = range(len(logits))
        parts = [
            self(logits[i : i + _ROWS].double(), steps[i : i + _ROWS]).cpu()
            for i in range(0, len(logits), _ROWS)
        ]
        return torch.cat(parts) if parts else torch.empty(0, dtype=torch.float64)

    def of_step(self, step: int) -> Callable[[torch.Tensor], torch.Tensor]:
        """Return what reads the score of *step* from its logits ``[1, outputs]``; a *read* for ``Trace.perturber``."""
        return lambda logits: self(logits.double(), [step])

    def _entropy(self, logits: torch.Tensor, steps: Sequence[int]) -> torch.Tensor:
        import torch

        if self.output_kind == "sigmoid":
            logit = logits.gather(-1, self._column(self.tokens, steps, logits))
            logits = torch.cat([logit, torch.zeros_like(logit)], dim=-1)
        log_probability = logits.log_softmax(-1)
        # Some models give unused tokens minus infinity, and 0 · -inf is NaN.
        surprise = log_probability.masked_fill(torch.isneginf(logits), 0)
        return -(log_probability.exp() * surprise).sum(-1)

    @staticmethod
    def _column(tokens: Sequence[int], steps: Sequence[int], logits: torch.Tensor) -> torch.Tensor:
        import torch

        return torch.tensor([tokens[s] for s in steps], device=logits.device)[:, None]
