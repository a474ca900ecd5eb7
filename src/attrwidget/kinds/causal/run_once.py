"""Run a short text once for its logits, its attention and its gradient graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.engine.attention.recorder import RecordedAttention
from attrwidget.engine.gradients.batched import GradientGraph
from attrwidget.engine.gradients.segments import WHOLE
from attrwidget.engine.memory import budget_of, graph_bytes
from attrwidget.hf.attention_interface import OBSERVED_EAGER, set_observer

if TYPE_CHECKING:
    import torch

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.kinds.causal.adapter import CausalLM

_BYTES = 64 << 20  # of a graph that is never used if only attention is asked for


def is_short(model: CausalLM, length: int, steps: int, capabilities: Capabilities) -> bool:
    """Return whether logits, attention and gradient graph should come from one pass over a text of *length* tokens.

    In low precision they should not, because eager attention would give other probabilities than the model's own. The
    estimate of memory includes the logits of *steps*, and what a soft cap keeps of them.
    """
    logits = 2 * steps * model.vocabulary * model.hf.dtype.itemsize
    return (
        not model.low_precision
        and capabilities.attention == "recorded"
        and capabilities.gradient_attention == OBSERVED_EAGER
        and length <= WHOLE
        and graph_bytes(model, length) + logits <= min(_BYTES, budget_of(model))
    )


def run_once(
    model: CausalLM, ids: torch.Tensor, first_step: int, capabilities: Capabilities
) -> tuple[torch.Tensor, RecordedAttention, GradientGraph]:
    """Run *ids* ``[1, n]``, whose first *first_step* tokens are the prompt; return logits, attention and graph.

    The logits ``[n - first_step + 1, vocabulary]`` are those from the prompt's last token on.
    """
    length = ids.shape[1]
    reader, graph = (
        RecordedAttention(length),
        GradientGraph(model, ids, first_step, capabilities, whole=length),
    )
    set_observer(reader.observe)
    try:
        logits = graph.begin()
    finally:
        set_observer(None)
    return logits, reader, graph
