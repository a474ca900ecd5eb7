"""Estimate how long a method takes, by the sizes of the model and the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Method

# Parameters times inputs that a forward pass takes in a second: measured on two idle cores, and a guess elsewhere.
_SPEED = {"cpu": 1.5e10}
_SPEED_ELSEWHERE = 1e13
_FASTER_IN_BATCHES = 2.5  # the weights are read once for all, and the embeddings are no part of the work


def seconds_of_passes(trace: Trace, passes: float, inputs: int) -> float:
    """Return about how long forward passes over *inputs* tokens take where nothing else runs."""
    model = trace.model
    return float(passes * model.size * inputs / _SPEED.get(model.hf.device.type, _SPEED_ELSEWHERE))


def seconds_of_batches(trace: Trace, texts: int, inputs: int) -> float:
    """Return about how long that takes of so many *texts* run in batches, where one step's output is read of each."""
    return seconds_of_passes(trace, texts, inputs) / _FASTER_IN_BATCHES


def seconds_of_method(trace: Trace, method: Method, steps: Sequence[int]) -> float | None:
    """Return about how long the rows of *steps* take where nothing else runs; None where that is not known."""
    if method.passes is None:
        return None
    once, each_step, each_input = method.passes
    if not steps:
        return 0.0
    seen = max(trace.seen(step) for step in steps)
    return seconds_of_passes(trace, once + each_step * len(steps) + each_input * seen, trace.n_inputs)
