"""Gradients of steps' scores at attention weights, of a model that is one stack of layers."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.forward import differentiable, run_segment
from attrwidget.hf.attention_interface import observe, replaced
from attrwidget.hf.exclusive_use import lock_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from transformers import PreTrainedModel

    from attrwidget.engine.gradients.batched import ScoreFunction
    from attrwidget.kinds.encoder.text import EncoderText

    Slopes = Iterator[tuple[int, list[torch.Tensor], tuple[torch.Tensor, ...]]]


def attention_gradients_of_causal(
    hf: PreTrainedModel, ids: torch.Tensor, n_steps: int, steps: Sequence[int], score: ScoreFunction
) -> Slopes:
    """Yield ``(step, weights, slopes)`` of *steps*, the last *n_steps* positions of *ids* ``[1, n]``.

    ``weights`` are those of each layer in turn, ``[1, heads, n, n]``, and ``slopes`` the score's gradients there.
    """
    with _on(hf), kept_weights() as weights:
        segment = run_segment(hf, ids, n_steps, attention=observe(hf, "eager"))
        logits = segment.logits.detach().double().requires_grad_(True)  # noqa: FBT003
        (slopes,) = torch.autograd.grad(score(logits, range(n_steps)).sum(), logits)
        (seeds,) = torch.autograd.grad(segment.logits, segment.head_input, slopes.to(segment.logits))
    for step in steps:
        cotangent = torch.zeros_like(segment.hidden)
        cotangent[0, step - n_steps] = seeds[0, step - n_steps]
        with _on(hf):
            found = torch.autograd.grad(segment.hidden, weights, cotangent, retain_graph=True)
        yield step, weights, found


def attention_gradients_of_encoder(text: EncoderText, steps: Sequence[int], score: ScoreFunction) -> Slopes:
    """Yield ``(step, weights, slopes)`` of *steps* of *text*, as ``attention_gradients_of_causal`` does."""
    hf = text.model.hf
    with _on(hf), kept_weights() as weights, differentiable(hf, observe(hf, "eager")), text.leaves(None):
        logits = text.read(text.run())[0]
        given = logits.detach().double().requires_grad_(True)  # noqa: FBT003
        (slopes,) = torch.autograd.grad(score(given, range(len(logits))).sum(), given)
    for step in steps:
        with _on(hf):
            cotangent = slopes[step].to(logits)
            found = torch.autograd.grad(
                logits[step], weights, cotangent, retain_graph=True, allow_unused=True
            )
        yield step, weights, found


@contextmanager
def kept_weights() -> Iterator[list[torch.Tensor]]:
    """Give a list that grows by the weights of each attention of a model run meanwhile under ``observe``'s name."""
    weights: list[torch.Tensor] = []

    def keep(run: Callable[..., Any], *args: Any) -> tuple[torch.Tensor, torch.Tensor | None]:
        *tensors, options = args
        output, weight = run(*tensors, **options)
        weights.append(weight)
        return output, weight

    with replaced(keep):
        yield weights


@contextmanager
def _on(hf: PreTrainedModel) -> Iterator[None]:
    with lock_of(hf), torch.inference_mode(False), torch.enable_grad():  # noqa: FBT003
        yield
