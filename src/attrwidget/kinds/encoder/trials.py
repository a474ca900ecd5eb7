"""What a model that reads a text at once allows, found out by trying it on a few tokens, never by its name."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.capabilities import Capabilities
from attrwidget.engine.compare import same, same_weights
from attrwidget.engine.forward import differentiable
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.kinds.causal.trials import check_gradients, no_attention
from attrwidget.kinds.encoder.encoder_decoder import EncoderDecoderText, tried_text
from attrwidget.kinds.encoder.gradients import EncoderGradients
from attrwidget.kinds.encoder.text import EncoderText, kept_states

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.kinds.encoder.adapter import Encoder

_LENGTH = 12
_END = _LENGTH // 2 + 1  # just after the token that is masked, which a decoder reads there
_FAILURES = (RuntimeError, ValueError, TypeError, AttributeError, KeyError, NotImplementedError, IndexError)


@dataclass(frozen=True)
class EncoderCapabilities(Capabilities):
    """How a model that reads a text at once can be run; ``positions`` and ``batches`` are as in ``EncoderText``.

    ``pooled`` is the position, 0 or -1, whose last hidden state decides, of a model whose output is of the whole text.
    ``start`` and ``end`` are as in ``EncoderDecoderText``; with an ``end``, the last place where it stands decides.
    """

    positions: bool = False
    batches: bool = True
    pooled: int | None = None
    start: int | None = None
    end: int | None = None

    def text(
        self,
        model: Encoder,
        ids: torch.Tensor,
        types: torch.Tensor | None,
        rows: tuple[int, ...],
        allowed: torch.Tensor,
    ) -> EncoderText:
        """Return the text of *ids* ``[1, n]`` as *model* runs it; see ``EncoderText``."""
        read = (model, ids, types, rows, allowed, self.positions, self.batches)
        return (
            EncoderDecoderText(*read, self.start, self.end) if model.encoder_decoder else EncoderText(*read)
        )


def probe_encoder(model: Encoder) -> EncoderCapabilities:
    """Try *model* on a few tokens against its own untouched logits, returned attentions and plain autograd.

    Raises AttrWidgetError for one whose decoder reads a text in another way than one place later.
    """
    text = _some_text(model)
    ones = torch.ones_like(text.ids)
    own = text.logits(ones)
    text = replace(text, positions=_takes_positions(text, own))
    text = replace(text, batches=_takes_batches(text, own))
    eager = same(own, _or_none(text, ones, "eager"))
    attention, note = _try_attention(text, own, eager=eager)
    capabilities = EncoderCapabilities(
        attention,
        note,
        "eager" if eager else None,
        segments=False,
        batched=True,
        masking=_masking(text),
        positions=text.positions,
        batches=text.batches,
    )
    if isinstance(text, EncoderDecoderText):
        capabilities = replace(capabilities, start=text.start, end=text.end)
    if model.task == "feature-extraction":
        return capabilities
    at = None

    def plain() -> torch.Tensor:
        nonlocal at
        truth, at = _plain_gradient(text, capabilities)
        return truth

    with torch.inference_mode(False), torch.enable_grad():  # noqa: FBT003
        checked = check_gradients(model, capabilities, plain, lambda option: [_our_gradient(text, option)])
    assert isinstance(checked, EncoderCapabilities)  # noqa: S101 - as what was given
    if not model.whole:
        return checked
    if at is None or at not in (0, text.length - 1, _end_of(text)):
        why = (
            f"{model.name} puts its hidden states of all tokens together, so no one row of attention decides."
        )
        if checked.gradients_note is not None:
            why = f"Which row of attention decides is told by gradients, and {checked.gradients_note}."
            return replace(checked, attention=None, attention_note=why)
        return replace(checked, attention=None, attention_note=why, end=None)
    if at == _end_of(text):
        return checked
    return replace(checked, pooled=0 if at == 0 else -1, end=None)


def _some_text(model: Encoder) -> EncoderText:
    config: Any = model.hf.config
    strange = {model.tokenizer.pad_token_id, getattr(config, "pad_token_id", None)}
    if model.encoder_decoder:
        for name in ("eos", "bos", "decoder_start"):
            token = getattr(config, f"{name}_token_id", None)
            strange |= set(token) if isinstance(token, list | tuple) else {token}
    known = torch.tensor([i for i in range(model.vocabulary) if i not in strange])
    length = min(_LENGTH, model.context or _LENGTH)
    generator = torch.Generator().manual_seed(0)
    ids = known[torch.randint(len(known), (1, length), generator=generator)].to(model.device)
    allowed = torch.ones(length, dtype=torch.bool, device=model.device)
    rows = (0, length - 1) if model.task == "question-answering" else tuple(range(length))
    if not model.encoder_decoder:
        return EncoderText(model, ids, None, rows, allowed, batches=False)
    end = config.eos_token_id if model.whole and length > _END else None
    end = end if isinstance(end, int) else None
    if end is not None:
        ids[0, _END] = end
    return tried_text(model, ids, rows, allowed, end)


def _end_of(text: EncoderText) -> int | None:
    """Return where the token stands that ends the text to a model that heeds one."""
    return _END if isinstance(text, EncoderDecoderText) and text.end is not None else None


def _takes_positions(text: EncoderText, own: torch.Tensor) -> bool:
    if "position_ids" not in inspect.signature(text.model.hf.forward).parameters:
        return False
    return same(own, _or_none(replace(text, positions=True), torch.ones_like(text.ids), None))


def _takes_batches(text: EncoderText, own: torch.Tensor) -> bool:
    both = torch.ones_like(text.ids).expand(2, -1)
    return same(own.expand(2, -1, -1), _or_none(replace(text, batches=True), both, None))


def _try_attention(text: EncoderText, own: torch.Tensor, *, eager: bool) -> tuple[str | None, str | None]:
    try:
        truth = text.returned() if eager else None
    except _FAILURES:
        truth = None
    try:
        logits, reader = text.record()
        if (
            reader.n_layers
            and same(own[0], logits)
            # Which of two stacks' attentions is which can be told by what the model returns alone.
            and (
                not text.model.encoder_decoder
                if truth is None
                else same_weights(truth, reader, low_precision=text.model.low_precision)
            )
        ):
            return "recorded", None
    except _FAILURES:
        pass  # a model of a kind the recorder does not know: what it returns itself decides below
    if truth is not None and truth.layers[0].shape[-2] == text.length:
        return "returned", None
    return None, no_attention(text.model.name, eager=eager)


def _masking(text: EncoderText) -> str:
    """Say what becomes of a token masked from attention; see ``find_masking``."""
    at = text.length // 2
    if at == text.length - 1:
        return "ignored"
    others = [step for step, row in enumerate(text.rows) if row != at]
    text = replace(text, allowed=torch.arange(text.length, device=text.ids.device) != at)
    keep_mask = torch.ones_like(text.ids)
    keep_mask[0, at] = 0
    changed = text.ids.clone()
    changed[0, at] = text.ids[0, 0]
    try:
        masked = text.logits(keep_mask)[:, others]
        alone = text.logits(keep_mask, ids=changed)[:, others]
        deleted = text.without(keep_mask.bool())[:, others]
    except _FAILURES:
        return "ignored"
    if not same(masked, alone):
        return "ignored"
    return "moves" if same(masked, deleted) else "kept"


def _plain_gradient(text: EncoderText, capabilities: Capabilities) -> tuple[torch.Tensor, int | None]:
    """Return gradients ``[2, n, d]`` of the first and last step by plain autograd, and the one place that decides."""
    with (
        differentiable(text.model.hf, capabilities.gradient_attention),
        text.uses() as uses,
        kept_states(text.model) as states,
    ):
        logits = text.read(text.run())[0]
    scores = _mixture(logits.double(), range(len(logits)))
    rows = [text.together(torch.autograd.grad(scores[s], uses, retain_graph=True)) for s in (0, -1)]
    (reached,) = torch.autograd.grad(scores[0], states[-1], allow_unused=True)
    at = [] if reached is None else reached[0].abs().amax(-1).nonzero()[:, 0].tolist()
    return torch.stack(rows), at[0] if len(at) == 1 else None


def _our_gradient(text: EncoderText, capabilities: Capabilities) -> torch.Tensor:
    graph = EncoderGradients(text, capabilities)
    rows = {
        step: gradients[k] * scales[k].to(gradients)
        for chunk, gradients, scales, _ in graph.gradients(range(len(text.rows)), _mixture)
        for k, step in enumerate(chunk)
    }
    return torch.stack([rows[0], rows[max(rows)]])


def _mixture(logits: torch.Tensor, _steps: Sequence[int]) -> torch.Tensor:
    """Return one score of each step in which every output has its part."""
    return (logits * torch.cos(torch.arange(logits.shape[-1], device=logits.device))).sum(-1)


def _or_none(text: EncoderText, keep_mask: torch.Tensor, attention: str | None) -> torch.Tensor | None:
    try:
        with exclusive_use(text.model.hf):
            return text.logits(keep_mask, attention=attention)
    except _FAILURES:
        return None
