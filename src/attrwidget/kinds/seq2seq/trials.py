"""Runs of an encoder–decoder model that record its attention, and the abilities found by trying it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from attrwidget.engine.attention.joint import PARTS, JointAttention
from attrwidget.engine.attention.recorder import RecordedAttention, StoredAttention
from attrwidget.engine.capabilities import Capabilities
from attrwidget.engine.compare import same
from attrwidget.engine.forward import encode, logits_of, run, run_encoder, run_segment
from attrwidget.engine.perturb import find_masking
from attrwidget.hf.attention_interface import observe, set_observer
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.internals.cache import decoder_caches, layer_kinds, returned_cache
from attrwidget.kinds.causal.trials import (
    check_gradients,
    graphs_of,
    largest,
    no_attention,
    of_first_and_last,
    padded,
)

if TYPE_CHECKING:
    from attrwidget.kinds.seq2seq.adapter import Seq2SeqLM

_SOURCE, _START, _STEPS = 7, 4, 12
_FAILURES = (RuntimeError, ValueError, TypeError, AttributeError, KeyError)


def run_target(model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor, rows: int) -> torch.Tensor:
    """Return the logits ``[rows, vocabulary]`` of the last *rows* of *ids* ``[1, n]``, without gradients."""
    with exclusive_use(model.hf), torch.no_grad():
        return logits_of(model.hf, ids, rows, **encode(model.hf, source))


def record(
    model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor, rows: int
) -> tuple[torch.Tensor, JointAttention]:
    """Run as ``run_target`` does, by the model's own fast attention, and return the record of it too."""
    encoder, calls = RecordedAttention(source.shape[1]), RecordedAttention(ids.shape[1])
    decoder, cross = RecordedAttention(ids.shape[1]), RecordedAttention(source.shape[1])
    name = observe(model.hf)
    with exclusive_use(model.hf, name), torch.no_grad():
        try:
            set_observer(encoder.observe)
            context = encode(model.hf, source)
            set_observer(calls.observe)
            logits = logits_of(model.hf, ids, rows, **context)
        finally:
            set_observer(None)
    # Every layer of a decoder looks at the target, and then at the source.
    decoder.records, cross.records = calls.records[::2], calls.records[1::2]
    return logits, JointAttention(encoder, decoder, cross)


def returned(model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor) -> JointAttention | None:
    """Run under eager attention asking for the weights; None when the model does not return all three kinds."""
    with exclusive_use(model.hf, "eager"), torch.no_grad():
        encoder = model.hf.get_encoder()(
            input_ids=source, attention_mask=torch.ones_like(source), output_attentions=True
        )
        out = run(model.hf, ids, 1, output_attentions=True, **encode(model.hf, source))
    parts = (encoder.attentions, out.decoder_attentions, out.cross_attentions)
    if not all(parts):
        return None
    return JointAttention(*(StoredAttention(layers) for layers in parts))


def probe(model: Seq2SeqLM) -> Capabilities:
    """Try *model* on a few tokens against its own untouched logits, returned attentions and plain autograd."""
    generator = torch.Generator().manual_seed(0)
    room = min(_START + _STEPS, model.limit("decoder") or _START + _STEPS)
    known = min(model.vocabulary, model.source_vocabulary)
    source = torch.randint(known, (1, min(_SOURCE, model.limit("encoder") or _SOURCE)), generator=generator)
    ids = torch.randint(known, (1, room), generator=generator)
    source, ids = source.to(model.device), ids.to(model.device)
    with exclusive_use(model.hf), torch.no_grad():
        own = model.hf(input_ids=source, decoder_input_ids=ids, use_cache=False).logits[0]
    eager = same(own, _under_eager(model, source, ids))
    attention, note = _try_attention(model, source, ids, own, eager=eager)
    capabilities = Capabilities(
        attention,
        note,
        "eager" if eager else None,
        segments=_has_plain_cache(model, source, ids),
        batched=True,
        masking=find_masking(model, torch.cat([source, ids], dim=1), source.shape[1]),
    )
    with torch.inference_mode(False), torch.enable_grad():  # noqa: FBT003
        first = max(1, ids.shape[1] - _STEPS)
        return check_gradients(
            model,
            capabilities,
            lambda: _plain_gradient(model, source, ids, first, capabilities.gradient_attention),
            lambda option: _our_gradients(model, source, ids, first, option),
        )


def _under_eager(model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor) -> torch.Tensor | None:
    try:
        with exclusive_use(model.hf, "eager"):
            return run_target(model, source, ids, ids.shape[1])
    except _FAILURES:
        return None


def _try_attention(
    model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor, own: torch.Tensor, *, eager: bool
) -> tuple[str | None, str | None]:
    try:
        truth = returned(model, source, ids) if eager else None
    except _FAILURES:
        truth = None
    try:
        logits, joint = record(model, source, ids, ids.shape[1])
        if (
            joint.n_layers
            and same(own, logits)
            and (truth is None or _same_parts(joint, truth, low_precision=model.low_precision))
        ):
            return "recorded", None
    except _FAILURES:
        pass  # a model of a kind the recorder does not know: what it returns itself decides below
    if truth is not None:
        return "returned", None
    return None, no_attention(model.name, eager=eager)


def _same_parts(joint: JointAttention, truth: JointAttention, *, low_precision: bool) -> bool:
    pairs = [(joint.part(name), truth.part(name)) for name in PARTS]
    rows = range(min(truth.decoder.length, truth.cross.length))
    return all(
        ours.n_layers == theirs.n_layers
        and all(
            same(
                theirs.weights(layer, None, rows),
                ours.weights(layer, None, rows),
                low_precision=low_precision,
            )
            for layer in range(theirs.n_layers)
        )
        for ours, theirs in pairs
    )


def _has_plain_cache(model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor) -> bool:
    try:
        with exclusive_use(model.hf), torch.no_grad():
            context = encode(model.hf, source)
            cache = returned_cache(model.hf, run(model.hf, ids[:, :2], 1, use_cache=True, **context))
    except _FAILURES:
        return False
    parts = decoder_caches(cache)
    return bool(parts) and all(layer_kinds(part) <= {"plain"} for part in parts)


def _our_gradients(
    model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor, first: int, capabilities: Capabilities
) -> list[torch.Tensor]:
    length = source.shape[1] + ids.shape[1] - 1
    graphs = graphs_of(model, ids[:, :-1], first, capabilities, source)
    return [of_first_and_last(graph, ids.shape[1] - first, length) for graph in graphs]


def _plain_gradient(
    model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor, first: int, attention: str | None
) -> torch.Tensor:
    """Gradients of the first and the last step by plain autograd, each on its own prefix, in one shot."""
    length, rows = source.shape[1] + ids.shape[1] - 1, []
    for prefix in (first, ids.shape[1] - 1):
        leaf, context = run_encoder(model.hf, source, attention)
        segment = run_segment(model.hf, ids[:, :prefix], 1, attention=attention, context=context)
        (seed,) = torch.autograd.grad(largest(segment.logits.double(), [0]).sum(), segment.head_input)
        gradients = torch.autograd.grad(segment.hidden, (leaf, segment.leaf), seed)
        rows.append(padded(torch.cat(gradients, dim=1)[0], length))
    return torch.stack(rows)
