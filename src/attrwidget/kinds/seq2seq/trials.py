"""Try an encoder–decoder language model on a few tokens, and run it for its attention."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from attrwidget.engine.attempt import attempt
from attrwidget.engine.attention.joint import PARTS, JointAttention
from attrwidget.engine.attention.recorder import RecordedAttention, StoredAttention
from attrwidget.engine.capabilities import Capabilities
from attrwidget.engine.compare import same, same_weights
from attrwidget.engine.forward import encode, logits_of, run
from attrwidget.engine.gradients.check import change_all_but, graph_gradients, plain_gradients
from attrwidget.engine.masking import find_masking
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.attention_interface import observed_attention, set_observer
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.internals.cache import decoder_caches, layer_kinds, returned_cache
from attrwidget.kinds import trials
from attrwidget.kinds.trials import OF_QUANTISED

if TYPE_CHECKING:
    from attrwidget.kinds.seq2seq.adapter import Seq2SeqLM
    from attrwidget.progress import Progress

_SOURCE, _START, _STEPS = 7, 4, 12
READS_LATER_TOKENS = (
    "The decoder of {}, as Transformers runs it, reads the tokens that come after the one it predicts, so its "
    "probabilities for a text are not those that it writes by: load another model."
)


def run_target(
    model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor, rows: int, attention: str | None = None
) -> torch.Tensor:
    """Return the logits ``[rows, vocabulary]`` of the last *rows* of *ids* ``[1, n]``, without gradients."""
    with exclusive_use(model.hf, attention), torch.no_grad():
        return logits_of(model.hf, ids, rows, **encode(model.hf, source))


def record(
    model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor, rows: int
) -> tuple[torch.Tensor, JointAttention]:
    """Run as ``run_target`` does, by the model's own fast attention, and return the recorded attention too."""
    encoder, calls = RecordedAttention(source.shape[1]), RecordedAttention(ids.shape[1])
    decoder, cross = RecordedAttention(ids.shape[1]), RecordedAttention(source.shape[1])
    name = observed_attention(model.hf)
    with exclusive_use(model.hf, name), torch.no_grad():
        try:
            set_observer(encoder.observe)
            context = encode(model.hf, source)
            set_observer(calls.observe)
            logits = logits_of(model.hf, ids, rows, **context)
        finally:
            set_observer(None)
    # Every decoder layer attends to the target first, and then to the source.
    decoder.records, cross.records = calls.records[::2], calls.records[1::2]
    return logits, JointAttention(encoder, decoder, cross)


def returned(
    model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor, rows: int
) -> tuple[JointAttention | None, torch.Tensor]:
    """Run under eager attention; return its weights, if all three kinds are there, and the last *rows* of logits."""
    with exclusive_use(model.hf, "eager"), torch.no_grad():
        encoder = model.hf.get_encoder()(
            input_ids=source, attention_mask=torch.ones_like(source), output_attentions=True
        )
        out = run(model.hf, ids, rows, output_attentions=True, **encode(model.hf, source))
    parts = (encoder.attentions, out.decoder_attentions, out.cross_attentions)
    joint = JointAttention(*(StoredAttention(layers) for layers in parts)) if all(parts) else None
    return joint, out.logits[0, -rows:]


def probe(model: Seq2SeqLM, progress: Progress) -> Capabilities:
    """Try *model* on a few random tokens. Raises AttrWidgetError if its decoder reads later tokens too."""
    generator = torch.Generator().manual_seed(0)
    length = min(_START + _STEPS, model.limit("decoder") or _START + _STEPS)
    known = min(model.vocabulary, model.source_vocabulary)
    source = torch.randint(known, (1, min(_SOURCE, model.limit("encoder") or _SOURCE)), generator=generator)
    ids = torch.randint(known, (1, length), generator=generator)
    trial = Seq2SeqTrial(model, source.to(model.device), ids.to(model.device))
    trial.require_causal()
    return trials.probe(trial, progress)


class Seq2SeqTrial(trials.Trial[Capabilities, JointAttention, JointAttention]):
    """Runs *model* on a *source* ``[1, m]`` and *ids* ``[1, n]`` of its decoder, the last of which are the steps."""

    def __init__(self, model: Seq2SeqLM, source: torch.Tensor, ids: torch.Tensor) -> None:
        self.model: Seq2SeqLM = model
        self._source, self._ids, self._first = source, ids, max(1, ids.shape[1] - _STEPS)
        with exclusive_use(model.hf), torch.no_grad():
            self.own = model.hf(input_ids=source, decoder_input_ids=ids, use_cache=False).logits[0]

    def require_causal(self) -> None:
        """Raise AttrWidgetError if earlier logits depend on later tokens, as in ProphetNet."""
        alone = run_target(self.model, self._source, self._ids[:, : self._first], self._first)
        times = OF_QUANTISED if self.model.quantized else 1.0
        low = self.model.low_precision
        if not same(self.own[: self._first], alone, low_precision=low, times=times):
            raise AttrWidgetError(READS_LATER_TOKENS.format(self.model.name))

    def logits(self, attention: str | None) -> torch.Tensor:
        """Return the logits of the whole target under the implementation *attention*."""
        return run_target(self.model, self._source, self._ids, self._ids.shape[1], attention)

    def record(self) -> tuple[torch.Tensor, JointAttention]:
        """Run with recorded attention."""
        return record(self.model, self._source, self._ids, self._ids.shape[1])

    def eager(self) -> tuple[JointAttention | None, torch.Tensor]:
        """Return the attention that the model returns, and its logits."""
        return returned(self.model, self._source, self._ids, self._ids.shape[1])

    def is_same_attention(self, truth: JointAttention | None, record: JointAttention) -> bool:
        """Return whether the *record* has the weights of all three attentions."""
        low_precision = self.model.low_precision
        return truth is None or all(
            same_weights(
                truth.part(name),
                record.part(name),
                n_rows=(self._source if name == "encoder" else self._ids).shape[1],
                low_precision=low_precision,
            )
            for name in PARTS
        )

    def capabilities(self, common: Capabilities) -> Capabilities:
        """Add the masking and the cache."""
        plain = bool(attempt(self._has_plain_cache)[0])
        return replace(
            common,
            segments=plain,
            segments_note=None if plain else "its cache holds more than the keys and values of each layer",
            masking=find_masking(
                self.model, torch.cat([self._source, self._ids], dim=1), self.own, self._source.shape[1]
            ).what,
        )

    def plain_gradients(self, attention: str | None) -> torch.Tensor:
        """Return gradients by plain autograd."""
        return plain_gradients(self.model, self._ids, self._first, attention, self._source)

    def our_gradients(self, capabilities: Capabilities) -> torch.Tensor:
        """Return gradients by our graph."""
        return graph_gradients(self.model, self._ids, self._first, capabilities, self._source)

    def depends_on_others(self, kept: list[int]) -> bool:
        """Return whether the logits of the last step change when all tokens but the *kept* ones do."""
        m, n = self._source.shape[1], self._ids.shape[1]
        both = change_all_but(torch.cat([self._source, self._ids], dim=1), kept)
        changed = run_target(self.model, both[:, :m], both[:, m:], n)
        return not torch.equal(changed[-2], run_target(self.model, self._source, self._ids, n)[-2])

    def _has_plain_cache(self) -> bool:
        hf = self.model.hf
        with exclusive_use(hf), torch.no_grad():
            output = run(hf, self._ids[:, :2], 1, use_cache=True, **encode(hf, self._source))
        parts = decoder_caches(returned_cache(hf, output))
        return bool(parts) and all(layer_kinds(part) <= {"plain"} for part in parts)
