"""Target functions: the number of a step that is differentiated, or measured with an input gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from attrwidget.methods.request.distribution import Whole

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
    """The score of each step's own token, from its logits.

    ``probability``, ``log_prob`` and ``logit`` of the token; ``log_odds``, log p/(1 − p); ``contrast``, its logit
    minus that of the step's foil, one of ``foils`` (Yin & Neubig 2022, arXiv:2202.10419); ``entropy`` of the step's
    whole distribution, in nats; ``distribution``, how far that is from ``whole``, the one at the text itself: for
    methods that compare scores, by its divergence, and, with ``slope``, for those that differentiate there, where it
    is steepest. Normalised shares of ``probability`` and ``log_prob`` are the same (∇p = p ∇log p), but ∇log p does not
    vanish with p. With the *output_kind* ``"sigmoid"`` each output has a probability by itself.
    """

    function: str
    tokens: tuple[int, ...]
    foils: tuple[int, ...] | None = None
    whole: Whole | None = None
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
        if (self.function == "distribution") != (self.whole is not None):
            raise AttrWidgetError("The target function 'distribution' goes with whole=, and only it.")

    def __call__(self, logits: torch.Tensor, steps: Sequence[int]) -> torch.Tensor:
        """Return scores ``[r]`` from float64 *logits* ``[r, vocabulary]`` of *steps*."""
        import torch

        if self.whole is not None:
            return (self.whole.steepest if self.differentiated else self.whole.expected)(logits, steps)
        if self.function == "entropy":
            return self._entropy(logits, steps)
        chosen = self._column(self.tokens, steps, logits)
        logit = logits.gather(-1, chosen)[:, 0]
        if self.function == "logit":
            return logit
        if self.foils is not None:
            return logit - logits.gather(-1, self._column(self.foils, steps, logits))[:, 0]
        # Against the others' sum, so that the slope 1 - p keeps its digits when p is near 1.
        others = (
            logits.scatter(-1, chosen, -torch.inf).logsumexp(-1) if self.output_kind == "softmax" else 0.0
        )
        if self.function == "log_odds":
            return logit - others
        log_probability = torch.nn.functional.logsigmoid(logit - others)
        return log_probability.exp() if self.function == "probability" else log_probability

    def all_steps(self, logits: torch.Tensor) -> torch.Tensor:
        """Return the score of every step, float64 ``[steps]`` on the CPU, from *logits* ``[steps, outputs]``."""
        import torch

        steps = range(len(logits))
        parts = [
            self(logits[i : i + _ROWS].double(), steps[i : i + _ROWS]).cpu()
            for i in range(0, len(logits), _ROWS)
        ]
        return torch.cat(parts) if parts else torch.empty(0, dtype=torch.float64)

    def _entropy(self, logits: torch.Tensor, steps: Sequence[int]) -> torch.Tensor:
        import torch

        if self.output_kind == "sigmoid":
            logit = logits.gather(-1, self._column(self.tokens, steps, logits))
            logits = torch.cat([logit, torch.zeros_like(logit)], dim=-1)
        log_probability = logits.log_softmax(-1)
        # Some models give minus infinity to unused tokens, and 0 · -inf is no number.
        surprise = log_probability.masked_fill(torch.isneginf(logits), 0)
        return -(log_probability.exp() * surprise).sum(-1)

    @staticmethod
    def _column(tokens: Sequence[int], steps: Sequence[int], logits: torch.Tensor) -> torch.Tensor:
        import torch

        return torch.tensor([tokens[s] for s in steps], device=logits.device)[:, None]
