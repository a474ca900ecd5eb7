"""What a model allows, found out by trying it once on a few tokens, never by its name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from attrwidget.engine.attention.recorder import StoredAttention
from attrwidget.engine.capabilities import Capabilities
from attrwidget.engine.compare import same, same_weights
from attrwidget.engine.forward import logits_of, run, run_segment
from attrwidget.engine.gradients.batched import GradientGraph
from attrwidget.engine.gradients.fast_cpu.attention import graph_attention
from attrwidget.engine.perturb import find_masking
from attrwidget.errors import first_line
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.internals.cache import layer_kinds, returned_cache
from attrwidget.hf.internals.models import rope_types
from attrwidget.kinds.causal.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.hf.adapter import Adapter
    from attrwidget.kinds.causal.adapter import CausalLM

_PROMPT, _STEPS = 8, 12
_FAILURES = (RuntimeError, ValueError, TypeError, NotImplementedError)


def probe(model: CausalLM) -> Capabilities:
    """Try *model* on a few tokens against its own untouched logits, returned attentions and plain autograd."""
    length = min(_PROMPT + _STEPS, model.context or _PROMPT + _STEPS)
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(model.vocabulary, (1, length), generator=generator).to(model.device)
    with exclusive_use(model.hf), torch.no_grad():
        own = logits_of(model.hf, ids, length)
    eager = same(own, _logits(model, ids, "eager"))
    attention, note = _try_attention(model, ids, own, eager=eager)
    plain, sliding = _cache_layers(model, ids)
    capabilities = Capabilities(
        attention,
        note,
        "eager" if eager else None,
        segments=plain or sliding,
        batched=True,
        masking=find_masking(model, ids),
        pieces=plain and attention == "recorded" and _try_pieces(model, ids, own),
    )
    with torch.inference_mode(False), torch.enable_grad():  # noqa: FBT003
        return _try_gradients(model, ids, capabilities)


def returned(model: CausalLM, ids: torch.Tensor) -> StoredAttention | None:
    """Run *ids* under eager attention asking for the weights; None when the model returns none."""
    with exclusive_use(model.hf, "eager"), torch.no_grad():
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
            and (truth is None or same_weights(truth, reader, low_precision=model.low_precision))
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


def _try_gradients(model: CausalLM, ids: torch.Tensor, capabilities: Capabilities) -> Capabilities:
    first = ids.shape[1] - _STEPS if ids.shape[1] > _STEPS else 1
    return check_gradients(
        model,
        capabilities,
        lambda: _plain_gradient(model, ids, capabilities.gradient_attention),
        lambda option: _our_gradients(model, ids, first, option),
    )


def check_gradients(
    model: Adapter,
    capabilities: Capabilities,
    plain: Callable[[], torch.Tensor],
    ours: Callable[[Capabilities], Sequence[torch.Tensor]],
) -> Capabilities:
    """Return the first abilities, from *capabilities* down, with which *ours* gives what *plain* autograd does.

    Both give gradients ``[2, tokens, d]``, *ours* had in each way that the abilities allow. Where they never agree, or
    kernels have no backward, the abilities are returned with a ``gradients_note``.
    """
    reason = "they are not those of plain automatic differentiation"
    own = capabilities.gradient_attention
    tried = [
        replace(capabilities, segments=segments, batched=batched, gradient_attention=attention)
        for segments in ([True, False] if capabilities.segments else [False])
        for batched in (True, False)
        for attention in ((graph_attention(), own) if own == "eager" else (own,))
    ]
    try:
        truth = plain()
        if _reaches_others(truth):
            for option in tried:
                try:
                    if all(same(truth, found, low_precision=model.low_precision) for found in ours(option)):
                        return option
                except _FAILURES as error:
                    reason = first_line(error)
        else:
            reason = "the kernels that it runs on have no backward"
    except _FAILURES as error:
        reason = first_line(error)
    note = f"{model.name} gives no gradients that can be trusted ({reason})"
    return replace(capabilities, segments=False, batched=False, gradients_note=note)


def _reaches_others(gradients: torch.Tensor) -> bool:
    """Say whether more than one token has a gradient: a kernel without a backward leaves but the residual stream."""
    reached = gradients[-1].abs().amax(-1) > 0
    return len(reached) < 3 or int(reached.sum()) > 1


def largest(logits: torch.Tensor, _steps: Sequence[int]) -> torch.Tensor:
    """Return a score ``[r]`` of *logits* ``[r, vocabulary]`` to try gradients with."""
    return logits[:, 0] - logits.mean(-1)


def _our_gradients(
    model: CausalLM, ids: torch.Tensor, first: int, capabilities: Capabilities
) -> list[torch.Tensor]:
    graphs = graphs_of(model, ids[:, :-1], first, capabilities)
    return [of_first_and_last(graph, ids.shape[1] - first, ids.shape[1] - 1) for graph in graphs]


def graphs_of(
    model: Adapter,
    ids: torch.Tensor,
    first: int,
    capabilities: Capabilities,
    source: torch.Tensor | None = None,
) -> list[GradientGraph]:
    """Return the graphs of the same text that *capabilities* allow: run whole, and in segments."""
    ways = (len(ids[0]), 0) if capabilities.segments else (len(ids[0]),)
    return [GradientGraph(model, ids, first, capabilities, source=source, whole=whole) for whole in ways]


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
        with exclusive_use(model.hf, attention), torch.no_grad():
            return logits_of(model.hf, ids, ids.shape[1])
    except (RuntimeError, ValueError, TypeError, KeyError):
        return None


def _cache_layers(model: CausalLM, ids: torch.Tensor) -> tuple[bool, bool]:
    """Say whether a text may be run over a cache: all its layers are plain, or all plain or sliding-window ones.

    Others lose gradients or state.
    """
    try:
        with exclusive_use(model.hf), torch.no_grad():
            cache = returned_cache(model.hf, run(model.hf, ids[:, :2], 1, use_cache=True))
    except (RuntimeError, ValueError, TypeError):
        return False, False
    # These rotary embeddings depend on the length of the text that the model is called with.
    if rope_types(model.text_config) & {"dynamic", "longrope"}:
        return False, False
    kinds = layer_kinds(cache)
    return kinds <= {"plain"}, kinds <= {"plain", "sliding"}


def _try_pieces(model: CausalLM, ids: torch.Tensor, own: torch.Tensor) -> bool:
    try:
        logits, reader = record(model, ids, _STEPS, piece=3)
        _, whole = record(model, ids, _STEPS)
    except (RuntimeError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        return False
    return same(own[-_STEPS:], logits) and same_weights(whole, reader, low_precision=model.low_precision)


def _is_causal(attention: StoredAttention) -> bool:
    above = torch.ones(
        attention.length, attention.length, dtype=torch.bool, device=attention.layers[0].device
    ).triu(1)
    return all(not bool(layer[:, above].any()) for layer in attention.layers)
