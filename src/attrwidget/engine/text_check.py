"""Compare later runs of a text with the first run, which is that of the model as loaded.

A trial on a few tokens cannot show what acts on longer texts alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from attrwidget.engine.compare import tolerance_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCALE = 10.0  # the least size of a logit that rounding is counted from


@dataclass(frozen=True)
class Difference:
    """The step at which two runs differ most, with the log-probability (nats) or logit of its output in each."""

    step: int
    first: float
    other: float

    def __str__(self) -> str:
        return f"{self.other:.4g} where the model gives {self.first:.4g}"

    def percentages(self) -> tuple[str, str]:
        """Return both log-probabilities as probabilities, such as ``"34 %"``."""
        return _percent(self.first), _percent(self.other)


class ReadOtherwiseError(Exception):
    """A run of the text differs from the first."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(str(difference))
        self.difference = difference


class TextCheck:
    """What the first run of a text gave each of its outputs, to compare other runs with.

    Args:
        logits: Its logits ``[steps, outputs]``.
        outputs: What is explained at each step.
        softmax: Whether log-probabilities are compared; if not, logits.
        low_precision: Whether the model computes in low precision.
    """

    def __init__(
        self, logits: torch.Tensor, outputs: Sequence[int], *, softmax: bool, low_precision: bool
    ) -> None:
        self._outputs, self._softmax = torch.tensor(list(outputs), device=logits.device), softmax
        self._first = self.score(logits, range(len(outputs))).cpu()
        # A log-probability is rounded in proportion to the largest logit, and to that of its output.
        chosen = logits.gather(-1, self._outputs[:, None])
        scale = float(torch.cat([logits.amax(-1, keepdim=True), chosen]).abs().max())
        self._tolerance = tolerance_of(logits.dtype, low_precision=low_precision) * max(_SCALE, scale)

    def score(self, logits: torch.Tensor, steps: Sequence[int]) -> torch.Tensor:
        """Return what *logits* ``[len(steps), outputs]`` give the outputs of *steps*, float64."""
        at = self._outputs[list(steps)].to(logits.device)
        chosen = logits.gather(-1, at[:, None])[:, 0].double()
        if not self._softmax:
            return chosen
        return chosen - torch.stack([row.double().logsumexp(-1) for row in logits])

    def of_logits(self, logits: torch.Tensor) -> Difference | None:
        """Return where the *logits* ``[steps, outputs]`` of another run differ, or None."""
        return self.of(self.score(logits, range(len(self._outputs))).tolist())

    def require(self, steps: Sequence[int], logits: torch.Tensor) -> None:
        """Raise ReadOtherwiseError if the *logits* ``[len(steps), outputs]`` of *steps* differ."""
        difference = self.of(self.score(logits.detach(), steps).tolist(), steps)
        if difference is not None:
            raise ReadOtherwiseError(difference)

    def of(self, values: Sequence[float], steps: Sequence[int] | None = None) -> Difference | None:
        """Return where the *values* ``[len(steps)]`` of another run differ, or None; *steps* are all by default."""
        steps = range(len(self._outputs)) if steps is None else steps
        if not len(steps):
            return None
        first, other = self._first[list(steps)], torch.tensor(values, dtype=torch.float64)
        apart = (first - other).abs().nan_to_num(nan=torch.inf)
        apart[first == other] = 0  # both may be minus infinity
        worst = int(apart.argmax())
        if float(apart[worst]) <= self._tolerance:
            return None
        return Difference(steps[worst], float(first[worst]), float(other[worst]))


def _percent(log_probability: float) -> str:
    value = 100 * math.exp(log_probability)
    return f"{value:.0f} %" if value >= 10 else f"{value:.2g} %"
