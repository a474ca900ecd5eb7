"""The first run over a short text: its prompt with the gradient graph that the first token asked for will need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from attrwidget.models.borrow import borrowed
from attrwidget.models.interface import observe, set_observer
from attrwidget.trace.attention import RecordedAttention
from attrwidget.trace.attention_graph import GRAPH_ATTENTION
from attrwidget.trace.checkpoint import budget_of, graph_bytes
from attrwidget.trace.forward import logits_of
from attrwidget.trace.graph import PROMPT_SEGMENT, GradientGraph
from attrwidget.trace.record import filled_cache

if TYPE_CHECKING:
    from attrwidget.models.causal import CausalLM
    from attrwidget.trace.abilities import Abilities

_BYTES = 64 << 20  # of a graph that may be there in vain, where attention alone is asked for


def is_short(model: CausalLM, prompt: int, length: int, abilities: Abilities) -> bool:
    """Say whether the graph of a text of *length* tokens is so small that its *prompt* is best run but once."""
    return (
        abilities.attention == "recorded"
        and abilities.pieces
        and abilities.segments
        and abilities.gradient_attention == GRAPH_ATTENTION
        and 1 < prompt <= PROMPT_SEGMENT
        and graph_bytes(model, length) <= min(_BYTES, budget_of(model))
    )


def record_with_graph(
    model: CausalLM, ids: torch.Tensor, prompt: int, abilities: Abilities
) -> tuple[torch.Tensor, RecordedAttention, GradientGraph]:
    """Run *ids* ``[1, n]``, of which the first *prompt* are the prompt; return logits, record and graph.

    Logits ``[n - prompt + 1, vocabulary]`` are those from the prompt's last token on, by the model's own attention.
    From there on it is run without gradients; the graph grows over the rest when that is asked for.
    """
    length, last = ids.shape[1], prompt - 1
    reader, graph = RecordedAttention(length), GradientGraph(model, ids, prompt, abilities)
    set_observer(reader.observe)
    try:
        reader.go_on(0, length)
        cache = filled_cache(model, graph.begin(), last, length)
        with borrowed(model.hf, observe(model.hf)), torch.no_grad():
            reader.go_on(last, length)
            logits = logits_of(model.hf, ids[:, last:], length - last, past_key_values=cache, use_cache=True)
    finally:
        set_observer(None)
    return logits, reader, graph
