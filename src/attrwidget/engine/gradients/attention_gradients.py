"""Gradients of steps' scores at the attention weights of a causal model."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.forward import run_segment
from attrwidget.engine.gradients.scales import score_gradients
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.attention_interface import observed_attention, replaced_attention
from attrwidget.hf.exclusive_use import lock_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from transformers import PreTrainedModel

    from attrwidget.engine.gradients.graph import ScoreFunction

    AttentionGradients = Iterator[tuple[int, list[torch.Tensor], tuple[torch.Tensor, ...]]]


def attention_gradients(
    hf: PreTrainedModel, ids: torch.Tensor, n_steps: int, steps: Sequence[int], score: ScoreFunction
) -> AttentionGradients:
    """Yield, for each of *steps*, the attention weights and the gradients of its *score* at them.

    Args:
        hf: The model.
        ids: int64 ``[1, n]``; the last *n_steps* positions are the steps'.
        n_steps: How many steps the text has.
        steps: The steps wanted.
        score: The score of a step.

    Yields:
        ``(step, weights, gradients)``, both with one ``[1, heads, n, n]`` per layer.

    Raises:
        AttrWidgetError: Some weights are computed without a graph.
    """
    with graph_on(hf), kept_weights() as weights:
        segment = run_segment(hf, ids, n_steps, attention=observed_attention(hf, "eager"))
        at_logits = score_gradients(segment.logits[0], score, range(n_steps))[None]
        (seeds,) = torch.autograd.grad(segment.logits, segment.head_input, at_logits.to(segment.logits))
    require_graph(hf, weights)
    for step in steps:
        cotangent = torch.zeros_like(segment.hidden)
        cotangent[0, step - n_steps] = seeds[0, step - n_steps]
        with graph_on(hf):
            gradients = torch.autograd.grad(segment.hidden, weights, cotangent, retain_graph=True)
        yield step, weights, gradients


def require_graph(hf: PreTrainedModel, weights: Sequence[torch.Tensor]) -> None:
    """Raise AttrWidgetError if *hf* computes some of its attention *weights* without a graph, as HRM does."""
    if not all(weight.requires_grad for weight in weights):
        raise AttrWidgetError(
            f"{type(hf).__name__} computes some of its attention without gradients, so its weights have none: take "
            "'saliency' or 'attention'."
        )


@contextmanager
def kept_weights() -> Iterator[list[torch.Tensor]]:
    """Yield a list that collects the weights of each layer that runs under an ``observed_attention``."""
    weights: list[torch.Tensor] = []

    def keep(run: Callable[..., Any], *args: Any) -> tuple[torch.Tensor, torch.Tensor | None]:
        *tensors, options = args
        output, weight = run(*tensors, **options)
        weights.append(weight)
        return output, weight

    with replaced_attention(keep):
        yield weights


@contextmanager
def graph_on(hf: PreTrainedModel) -> Iterator[None]:
    """Hold the lock of *hf* with gradients enabled, even in the caller's inference mode."""
    with lock_of(hf), torch.inference_mode(mode=False), torch.enable_grad():
        yield
