"""What a model allows, found out by trying it once on a few tokens, never by its name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.errors import first_line
from attrwidget.models.borrow import borrowed
from attrwidget.trace.attention import StoredAttention
from attrwidget.trace.attention_graph import graph_attention
from attrwidget.trace.forward import logits_of, run, run_segment
from attrwidget.trace.graph import GradientGraph
from attrwidget.trace.perturb import find_masking
from attrwidget.trace.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.models.adapter import Adapter
    from attrwidget.models.causal import CausalLM
    from attrwidget.trace.attention import AttentionReader

_PROMPT, _STEPS = 8, 12
_TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-6}  # relative to the largest value; low precision below
_LOW_PRECISION = 5e-2
_FAILURES = (RuntimeError, ValueError, TypeError, NotImplementedError)


@dataclass(frozen=True)
class Abilities:
    """How a model's attention and gradients can be had.

    ``attention``: ``"recorded"`` (queries and keys kept), ``"returned"`` (by ``output_attentions`` under
    eager), or None with ``attention_note`` saying why. ``gradient_attention``: the implementation for the
    gradient graph, None for the model's own. ``segments``: whether the text may be cut over a cache.
    ``batched``: whether backward passes can be batched. ``masking``: what becomes of a masked token, as
    ``find_masking`` says. ``pieces``: whether attention may be recorded piece by piece. ``gradients_note`` says why
    there are no gradients, and is None where there are.
    """

    attention: str | None
    attention_note: str | None
    gradient_attention: str | None
    segments: bool
    batched: bool
    masking: str = "kept"
    pieces: bool = False
    gradients_note: str | None = None


def find_abilities(model: CausalLM) -> Abilities:
    """Try *model* on a few tokens against its own untouched logits, returned attentions and plain autograd."""
    length = min(_PROMPT + _STEPS, model.context or _PROMPT + _STEPS)
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(model.vocabulary, (1, length), generator=generator).to(model.device)
    with borrowed(model.hf), torch.no_grad():
        own = logits_of(model.hf, ids, length)
    eager = same(own, _logits(model, ids, "eager"))
    attention, note = _try_attention(model, ids, own, eager=eager)
    plain, sliding = _cache_layers(model, ids)
    abilities = Abilities(
        attention,
        note,
        "eager" if eager else None,
        segments=plain or sliding,
        batched=True,
        masking=find_masking(model, ids),
        pieces=plain and attention == "recorded" and _try_pieces(model, ids, own),
    )
    with torch.inference_mode(False), torch.enable_grad():  # noqa: FBT003
        return _try_gradients(model, ids, abilities)


def returned(model: CausalLM, ids: torch.Tensor) -> StoredAttention | None:
    """Run *ids* under eager attention asking for the weights; None when the model returns none."""
    with borrowed(model.hf, "eager"), torch.no_grad():
        layers = run(model.hf, ids, 1, output_attentions=True).attentions
    layers = [layer for layer in layers or () if layer is not None]
    return StoredAttention(layers) if layers else None


def _try_attention(
    model: CausalLM, ids: torch.Tensor, own: torch.Tensor, *, eager: bool
) -> tuple[str | None, str | None]:
    try:
        truth = returned(model, ids) if eager else None
    except (RuntimeError, ValueError, TypeError, AttributeError):
        truth = None
    try:
        logits, reader = record(model, ids, ids.shape[1])
        if (
            reader.n_layers
            and same(own, logits)
            and (truth is None or same_weights(reader, truth, rough=model.rough))
        ):
            return "recorded", None
    except (RuntimeError, ValueError, TypeError, AttributeError, KeyError):
        pass  # a model of a kind the recorder does not know: what it returns itself decides below
    if truth is not None and _is_causal(truth):
        return "returned", None
    return None, no_attention(model.name, eager=eager)


def no_attention(name: str, *, eager: bool) -> str:
    """Return the sentence on a model that shows no attention; *eager*: its logits are the same when it is eager."""
    if not eager:
        return (
            f"{name} computes its attention in a way that does not show its weights: load it with "
            "attn_implementation='eager', or by name with attrwidget's load, to see attention."
        )
    return f"{name} has no attention weights to show (some models, such as Mamba, have no attention)."


def _try_gradients(model: CausalLM, ids: torch.Tensor, abilities: Abilities) -> Abilities:
    first = ids.shape[1] - _STEPS if ids.shape[1] > _STEPS else 1
    return check_gradients(
        model,
        abilities,
        lambda: _plain_gradient(model, ids, abilities.gradient_attention),
        lambda option: _our_gradients(model, ids, first, option),
    )


def check_gradients(
    model: Adapter,
    abilities: Abilities,
    plain: Callable[[], torch.Tensor],
    ours: Callable[[Abilities], Sequence[torch.Tensor]],
) -> Abilities:
    """Return the first abilities, from *abilities* down, with which *ours* gives what *plain* autograd does.

    Both give gradients ``[2, tokens, d]``, *ours* had in each way that the abilities allow. Where they never agree, or
    kernels have no backward, the abilities are returned with a ``gradients_note``.
    """
    reason = "they are not those of plain automatic differentiation"
    own = abilities.gradient_attention
    tried = [
        replace(abilities, segments=segments, batched=batched, gradient_attention=attention)
        for segments in ([True, False] if abilities.segments else [False])
        for batched in (True, False)
        for attention in ((graph_attention(), own) if own == "eager" else (own,))
    ]
    try:
        truth = plain()
        if _reaches_others(truth):
            for option in tried:
                try:
                    if all(same(truth, found, rough=model.rough) for found in ours(option)):
                        return option
                except _FAILURES as error:
                    reason = first_line(error)
        else:
            reason = "the kernels that it runs on have no backward"
    except _FAILURES as error:
        reason = first_line(error)
    note = f"{model.name} gives no gradients that can be trusted ({reason})"
    return replace(abilities, segments=False, batched=False, gradients_note=note)


def _reaches_others(gradients: torch.Tensor) -> bool:
    """Say whether more than one token has a gradient: a kernel without a backward leaves but the residual stream."""
    reached = gradients[-1].abs().amax(-1) > 0
    return len(reached) < 3 or int(reached.sum()) > 1


def largest(logits: torch.Tensor, _steps: Sequence[int]) -> torch.Tensor:
    """Return a score ``[r]`` of *logits* ``[r, vocabulary]`` to try gradients with."""
    return logits[:, 0] - logits.mean(-1)


def _our_gradients(
    model: CausalLM, ids: torch.Tensor, first: int, abilities: Abilities
) -> list[torch.Tensor]:
    graphs = graphs_of(model, ids[:, :-1], first, abilities)
    return [of_first_and_last(graph, ids.shape[1] - first, ids.shape[1] - 1) for graph in graphs]


def graphs_of(
    model: Adapter, ids: torch.Tensor, first: int, abilities: Abilities, source: torch.Tensor | None = None
) -> list[GradientGraph]:
    """Return the graphs of the same text that *abilities* allow: run whole, and in segments."""
    ways = (len(ids[0]), 0) if abilities.segments else (len(ids[0]),)
    return [GradientGraph(model, ids, first, abilities, source=source, whole=whole) for whole in ways]


def of_first_and_last(graph: GradientGraph, steps: int, tokens: int) -> torch.Tensor:
    """Return the gradients ``[2, tokens, d]`` of the first and the last of *steps* by *graph*, had with all others."""
    rows = {
        step: gradients[k] * scales[k].to(gradients)
        for chunk, gradients, scales, _ in graph.gradients(range(steps), largest)
        for k, step in enumerate(chunk)
    }
    return torch.stack([padded(rows[s], tokens) for s in (0, steps - 1)])


def _plain_gradient(model: CausalLM, ids: torch.Tensor, attention: str | None) -> torch.Tensor:
    """Gradients of the first and the last step by plain autograd, each on its own prefix, in one shot."""
    length, rows = ids.shape[1], []
    first = length - _STEPS if length > _STEPS else 1
    for prefix in (first, length - 1):
        segment = run_segment(model.hf, ids[:, :prefix], 1, attention=attention)
        (seed,) = torch.autograd.grad(largest(segment.logits.double(), [0]).sum(), segment.head_input)
        (gradient,) = torch.autograd.grad(segment.hidden, segment.leaf, seed)
        rows.append(padded(gradient[0], length - 1))
    return torch.stack(rows)


def padded(gradient: torch.Tensor, length: int) -> torch.Tensor:
    """Return *gradient* ``[tokens, d]`` with zeros up to *length* tokens."""
    return torch.nn.functional.pad(gradient, (0, 0, 0, length - gradient.shape[0]))


def _logits(model: CausalLM, ids: torch.Tensor, attention: str) -> torch.Tensor | None:
    try:
        with borrowed(model.hf, attention), torch.no_grad():
            return logits_of(model.hf, ids, ids.shape[1])
    except (RuntimeError, ValueError, TypeError, KeyError):
        return None


def _cache_layers(model: CausalLM, ids: torch.Tensor) -> tuple[bool, bool]:
    """Say whether a text may be run over a cache: all its layers are plain, or all plain or sliding-window ones.

    Others lose gradients or state.
    """
    from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

    try:
        with borrowed(model.hf), torch.no_grad():
            cache = run(model.hf, ids[:, :2], 1, use_cache=True).get("past_key_values")
    except (RuntimeError, ValueError, TypeError):
        return False, False
    if type(cache) is not DynamicCache or _rotates_by_length(model.text_config):
        return False, False
    kinds = {type(layer) for layer in cache.layers}
    return kinds <= {DynamicLayer}, kinds <= {DynamicLayer, DynamicSlidingWindowLayer}


def _rotates_by_length(config: Any) -> bool:
    """Say whether rotary embeddings change with how long the text is that the model is called with."""
    rotary = getattr(config, "rope_parameters", None) or {}
    settings = [rotary, *(value for value in rotary.values() if isinstance(value, dict))]
    return any(one.get("rope_type") in ("dynamic", "longrope") for one in settings)


def _try_pieces(model: CausalLM, ids: torch.Tensor, own: torch.Tensor) -> bool:
    try:
        logits, reader = record(model, ids, _STEPS, piece=3)
        _, whole = record(model, ids, _STEPS)
    except (RuntimeError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        return False
    return same(own[-_STEPS:], logits) and same_weights(reader, whole, rough=model.rough)


def same_weights(reader: AttentionReader, truth: AttentionReader, *, rough: bool = False) -> bool:
    """Say whether *reader* gives the weights of *truth*, of a model of *rough* precision maybe."""
    rows = range(reader.length)
    if reader.n_layers != truth.n_layers:
        return False
    for layer in range(truth.n_layers):
        weights = truth.weights(layer, None, rows)
        # A score is rounded by its size, and a weight moves by as much: near 0.00 and 1.00 scores are large.
        spread = -float(weights[weights > 0].min().log())
        if not same(weights, reader.weights(layer, None, rows), rough=rough, times=max(1.0, spread / 10)):
            return False
    return True


def _is_causal(attention: StoredAttention) -> bool:
    above = torch.ones(
        attention.length, attention.length, dtype=torch.bool, device=attention.layers[0].device
    ).triu(1)
    return all(not bool(layer[:, above].any()) for layer in attention.layers)


def same(truth: torch.Tensor, ours: Any, *, rough: bool = False, times: float = 1.0) -> bool:
    """Say whether *ours* are the numbers of *truth*, to within *times* the rounding of its precision.

    *rough*: of one that is low.
    """
    if ours is None or truth.shape != ours.shape:
        return False
    tolerance = _LOW_PRECISION if rough else _TOLERANCE.get(truth.dtype, _LOW_PRECISION)
    finite = torch.isfinite(truth)
    scale = truth[finite].abs().max().clamp_min(1e-12) if bool(finite.any()) else 1.0
    difference = (truth - ours)[finite].abs().max() if bool(finite.any()) else 0.0
    return bool(difference <= times * tolerance * scale)
