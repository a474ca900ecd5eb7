"""Try a model that reads a whole text at once on a few tokens."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.attempt import attempt
from attrwidget.engine.attention.recorder import RecordedAttention, StoredAttention
from attrwidget.engine.compare import same
from attrwidget.engine.forward import differentiable
from attrwidget.engine.gradients.check import change_all_but, first_and_last
from attrwidget.engine.masking import masking_of
from attrwidget.kinds import trials
from attrwidget.kinds.encoder.capabilities import EncoderCapabilities
from attrwidget.kinds.encoder.encoder_decoder import EncoderDecoderText, probe_text
from attrwidget.kinds.encoder.gradients import EncoderGradients
from attrwidget.kinds.encoder.text import EncoderText, kept_states
from attrwidget.kinds.table import kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.kinds.encoder.adapter import Encoder
    from attrwidget.progress import Progress

_LENGTH = 12
_END = _LENGTH // 2 + 1  # just after the token that is masked, which a decoder reads there
_ONE_RUN = "it reads the whole text at once"


def probe_encoder(model: Encoder, progress: Progress) -> EncoderCapabilities:
    """Try *model* on a few random tokens.

    Raises:
        AttrWidgetError: A decoder reads the text in another way than one position later.
    """
    trial = EncoderTrial(model)
    found = trials.probe(trial, progress)
    return _add_deciding_position(trial, found) if model.one_output else found


def _add_deciding_position(trial: EncoderTrial, found: EncoderCapabilities) -> EncoderCapabilities:
    """Add which position decides the output of the whole text; without one, no row of attention can be shown."""
    at, end = trial.decides, _end_of(trial.text)
    if at is not None and at == end:
        return found
    if at is not None and at in (0, trial.text.length - 1):
        return replace(found, pooled=0 if at == 0 else -1, end=None)
    if found.gradients_note is not None:
        why = f"Only gradients show which row of attention decides, and {found.gradients_note}."
        return replace(found, attention=None, attention_note=why)
    name = trial.model.name
    why = f"{name} puts its hidden states of all tokens together, so no one row of attention decides."
    return replace(found, attention=None, attention_note=why, end=None)


class EncoderTrial(trials.Trial[EncoderCapabilities, RecordedAttention, StoredAttention]):
    """Runs *model* on a short text.

    ``decides`` is the one position whose last hidden state the first step depends on, once gradients are computed, or
    None.
    """

    def __init__(self, model: Encoder) -> None:
        self.model: Encoder = model
        self.predicts = kind_of(model.task).has_head
        self.decides: int | None = None
        text = _some_text(model)
        own = text.logits(torch.ones_like(text.ids))
        text = replace(text, positions=_takes_positions(text, own))
        self.text = replace(text, batches=_takes_batches(text, own))
        self.own = own[0]

    def logits(self, attention: str) -> torch.Tensor:
        """Return the logits ``[steps, outputs]`` under the implementation *attention*."""
        return self.text.logits(torch.ones_like(self.text.ids), attention=attention)[0]

    def record(self) -> tuple[torch.Tensor, RecordedAttention]:
        """Run with recorded attention."""
        return self.text.record()

    def eager(self) -> tuple[StoredAttention | None, torch.Tensor]:
        """Return the attention that the model returns, and its logits."""
        return self.text.returned()

    def is_same_attention(self, truth: StoredAttention | None, record: RecordedAttention) -> bool:
        """Return whether *record* can be trusted.

        With an encoder and a decoder, only the attention that the model returns shows which record is which.
        """
        if truth is None and self.model.encoder_decoder:
            return False
        return super().is_same_attention(truth, record)

    def is_readable(self, returned: StoredAttention) -> bool:
        """Return whether there is one row for each token."""
        return returned.layers[0].shape[-2] == self.text.length

    def capabilities(self, common: Capabilities) -> EncoderCapabilities:
        """Add the masking and how the text is run."""
        text = self.text
        decoded = text if isinstance(text, EncoderDecoderText) else None
        return EncoderCapabilities(
            **{
                **vars(common),
                "masking": _masking(text),
                "segments_note": _ONE_RUN,
                "positions": text.positions,
            },
            batches=text.batches,
            start=None if decoded is None else decoded.start,
            end=None if decoded is None else decoded.end,
        )

    def plain_gradients(self, attention: str | None) -> torch.Tensor:
        """Return gradients by plain autograd, and find which position decides."""
        text = self.text
        with (
            differentiable(text.model.hf, attention),
            text.uses() as uses,
            kept_states(text.model) as states,
        ):
            logits = text.read(text.run())[0]
        scores = _mixture(logits.double(), range(len(logits)))
        rows = [text.together(torch.autograd.grad(scores[s], uses, retain_graph=True)) for s in (0, -1)]
        (reached,) = torch.autograd.grad(scores[0], states[-1], allow_unused=True)
        at = [] if reached is None else reached[0].abs().amax(-1).nonzero()[:, 0].tolist()
        self.decides = at[0] if len(at) == 1 else None
        return torch.stack(rows)

    def our_gradients(self, capabilities: EncoderCapabilities) -> torch.Tensor:
        """Return gradients by our graph."""
        graph = EncoderGradients(self.text, capabilities)
        return first_and_last(graph, len(self.text.rows), self.text.length, _mixture)

    def depends_on_others(self, kept: list[int]) -> bool:
        """Return whether the logits of the last step change when all tokens but the *kept* ones do."""
        ids = change_all_but(self.text.ids, kept)
        return not torch.equal(self.text.logits(torch.ones_like(ids), ids=ids)[0][-1], self.own[-1])


def _mixture(logits: torch.Tensor, _steps: Sequence[int]) -> torch.Tensor:
    """Return one score of each step that depends on every output; a model may have only one output."""
    return (logits * torch.cos(torch.arange(logits.shape[-1], device=logits.device))).sum(-1)


def _some_text(model: Encoder) -> EncoderText:
    config: Any = model.hf.config
    special = {model.tokenizer.pad_token_id, getattr(config, "pad_token_id", None)}
    if model.encoder_decoder:
        for name in ("eos", "bos", "decoder_start"):
            token = getattr(config, f"{name}_token_id", None)
            special |= set(token) if isinstance(token, list | tuple) else {token}
    known = torch.tensor([i for i in range(model.vocabulary) if i not in special])
    length = min(_LENGTH, model.context or _LENGTH)
    generator = torch.Generator().manual_seed(0)
    ids = known[torch.randint(len(known), (1, length), generator=generator)].to(model.device)
    allowed = torch.ones(length, dtype=torch.bool, device=model.device)
    rows = (0, length - 1) if model.two_ends else tuple(range(length))
    if not model.encoder_decoder:
        return EncoderText(model, ids, None, rows, allowed, batches=False)
    end = config.eos_token_id if model.one_output and length > _END else None
    end = end if isinstance(end, int) else None
    if end is not None:
        ids[0, _END] = end
    return probe_text(model, ids, rows, allowed, end)


def _end_of(text: EncoderText) -> int | None:
    """Return the position of the end token at which the model reads its class, or None."""
    return _END if isinstance(text, EncoderDecoderText) and text.end is not None else None


def _takes_positions(text: EncoderText, own: torch.Tensor) -> bool:
    if "position_ids" not in inspect.signature(text.model.hf.forward).parameters:
        return False
    with_positions = replace(text, positions=True)
    return same(own, attempt(lambda: with_positions.logits(torch.ones_like(text.ids)))[0])


def _takes_batches(text: EncoderText, own: torch.Tensor) -> bool:
    both, together = torch.ones_like(text.ids).expand(2, -1), replace(text, batches=True)
    return same(own.expand(2, -1, -1), attempt(lambda: together.logits(both))[0])


def _masking(text: EncoderText) -> str:
    """Return what masking a token does; see ``find_masking``."""
    at = text.length // 2
    if at == text.length - 1:
        return "ignored"
    others = [step for step, row in enumerate(text.rows) if row != at]
    text = replace(text, allowed=torch.arange(text.length, device=text.ids.device) != at)
    keep_mask = torch.ones_like(text.ids)
    keep_mask[0, at] = 0
    changed = text.ids.clone()
    changed[0, at] = text.ids[0, 0]

    def compare() -> str:
        masked = text.logits(keep_mask)[:, others]
        alone = text.logits(keep_mask, ids=changed)[:, others]
        deleted = text.without(keep_mask.bool())[:, others]
        return masking_of(masked, [alone], deleted, low_precision=text.model.low_precision)

    return attempt(compare)[0] or "ignored"
