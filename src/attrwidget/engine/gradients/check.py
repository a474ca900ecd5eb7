"""Check the gradients of a graph against plain automatic differentiation, on a short text."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import torch

from attrwidget.engine.attempt import attempt
from attrwidget.engine.compare import same
from attrwidget.engine.forward import run_encoder, run_segment
from attrwidget.engine.gradients.batched import GradientGraph
from attrwidget.errors import first_line
from attrwidget.hf.attention_interface import observed_attention

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.engine.gradients.graph import Graph, ScoreFunction
    from attrwidget.hf.adapter import Adapter

C = TypeVar("C", bound="Capabilities")

_OTHER_NUMBERS = "they are not those of plain automatic differentiation"
_NO_BACKWARD = "the kernels that it runs on have no backward"


def check_gradients(
    model: Adapter,
    capabilities: C,
    plain: Callable[[], torch.Tensor],
    ours: Callable[[C], torch.Tensor],
    depends_on_others: Callable[[list[int]], bool],
) -> C:
    """Return the fastest capabilities, from *capabilities* down, with which our gradients are right.

    Args:
        model: The adapter of the model.
        capabilities: What the model allows at most.
        plain: Returns the gradients ``[2, tokens, d]`` of the first and the last step by plain autograd.
        ours: Returns the same gradients in the way that the capabilities it is given allow.
        depends_on_others: Returns whether the last step's logits change when all tokens but those given do.

    Returns:
        *capabilities* with the options found, or with a ``gradients_note`` if gradients never agree or kernels have no
        backward pass.
    """
    truth, error = attempt(lambda: _truth(plain, depends_on_others))
    if truth is None:
        return _without_gradients(model, capabilities, first_line(error) if error else _NO_BACKWARD)
    reason, failed = _OTHER_NUMBERS, {"segments": capabilities.segments_note}
    for option in _options(model, capabilities):
        why, (found, error) = _OTHER_NUMBERS, attempt(partial(ours, option))
        if same(truth, found, low_precision=model.low_precision):
            return replace(
                option,
                segments_note=None if option.segments else failed["segments"],
                batched_note=None if option.batched else failed["batched"],
            )
        if error is not None:
            why = reason = first_line(error)
        failed |= {name: why for name in ("segments", "batched") if getattr(option, name)}
    return _without_gradients(model, capabilities, reason)


def _truth(
    plain: Callable[[], torch.Tensor], depends_on_others: Callable[[list[int]], bool]
) -> torch.Tensor | None:
    """Return the gradients by plain autograd, or None if they stop at a kernel without a backward."""
    truth = plain()
    reached = truth[-1].abs().amax(-1).nonzero()[:, 0].tolist()
    # Such a kernel leaves the residual stream; a model may rightly read a single token.
    blind = len(reached) < min(2, truth.shape[1] - 1) and depends_on_others(reached)
    return None if blind else truth


def _options(model: Adapter, most: C) -> list[C]:
    """Return the ways to compute gradients that *most* allows, the fastest first."""
    own = most.gradient_attention
    return [
        replace(most, segments=segments, batched=batched, gradient_attention=attention)
        for segments in ([True, False] if most.segments else [False])
        for batched in (True, False)
        for attention in ((observed_attention(model.hf, "eager"), own) if own == "eager" else (own,))
    ]


def _without_gradients(model: Adapter, capabilities: C, reason: str) -> C:
    note = f"{model.name} gives no gradients that can be trusted ({reason})"
    return replace(capabilities, segments=False, batched=False, gradients_note=note)


def trial_score(logits: torch.Tensor, _steps: Sequence[int]) -> torch.Tensor:
    """Return a score ``[r]`` of *logits* ``[r, vocabulary]`` to try gradients with."""
    return logits[:, 0] - logits.mean(-1)


def first_and_last(graph: Graph, steps: int, tokens: int, score: ScoreFunction = trial_score) -> torch.Tensor:
    """Return the gradients ``[2, tokens, d]`` of the first and the last of *steps*, computed together."""
    ends = (0, steps - 1)
    rows = {
        step: gradients[k] * scales[k].to(gradients)
        for chunk, gradients, scales, _ in graph.gradients(sorted(set(ends)), score)
        for k, step in enumerate(chunk)
    }
    return torch.stack([_padded(rows[step], tokens) for step in ends])


def graph_gradients(
    model: Adapter,
    ids: torch.Tensor,
    first: int,
    capabilities: Capabilities,
    source: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the gradients of ``plain_gradients`` by ``GradientGraph``, in several segments if allowed."""
    tokens = ids.shape[1] - 1 + (0 if source is None else source.shape[1])
    graph = GradientGraph(model, ids[:, :-1], first, capabilities, source=source, whole=0)
    return first_and_last(graph, ids.shape[1] - first, tokens)


def plain_gradients(
    model: Adapter,
    ids: torch.Tensor,
    first: int,
    attention: str | None,
    source: torch.Tensor | None = None,
    *,
    whole: bool = False,
) -> torch.Tensor:
    """Return the gradients ``[2, tokens, d]`` of the first and the last step by plain autograd.

    Each step is run alone on its own prefix, or all on the *whole* text: rounding to 8 bits depends on later tokens.

    Args:
        model: The adapter of the model.
        ids: int64 ``[1, n]``; the steps are those from position *first* on.
        first: The position of the first step, at least 1.
        attention: The attention implementation.
        source: int64 ``[1, m]``, an encoder's tokens, whose gradients come first.
        whole: Whether to run each step inside the whole text.
    """
    rows = []
    tokens = ids.shape[1] - 1 + (0 if source is None else source.shape[1])
    for prefix in (first, ids.shape[1] - 1):
        leaves, context = [], None
        if source is not None:
            leaf, context = run_encoder(model.hf, source, attention)
            leaves.append(leaf)
        end = ids.shape[1] - 1 if whole else prefix
        segment = run_segment(model.hf, ids[:, :end], end - prefix + 1, attention=attention, context=context)
        score = trial_score(segment.logits[0, :1].double(), [0]).sum()
        (seed,) = torch.autograd.grad(score, segment.head_input)
        gradients = torch.autograd.grad(segment.hidden, [*leaves, segment.leaf], seed)
        rows.append(_padded(torch.cat(gradients, dim=1)[0], tokens))
    return torch.stack(rows)


def change_all_but(ids: torch.Tensor, kept: Sequence[int]) -> torch.Tensor:
    """Return *ids* ``[1, n]`` with the token before it in place of each token that is not *kept*."""
    changed = ids.roll(1)
    changed[:, kept] = ids[:, kept]
    return changed


def _padded(gradient: torch.Tensor, tokens: int) -> torch.Tensor:
    """Return *gradient* ``[n, d]`` followed by zeros up to *tokens* tokens."""
    return torch.nn.functional.pad(gradient, (0, 0, 0, tokens - gradient.shape[0]))
