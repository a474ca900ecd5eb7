"""Try a causal language model on a few tokens."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.attempt import attempt
from attrwidget.engine.attention.recorder import RecordedAttention, StoredAttention, has_token_axes
from attrwidget.engine.capabilities import Capabilities
from attrwidget.engine.compare import same
from attrwidget.engine.forward import logits_of, run
from attrwidget.engine.gradients.check import change_all_but, graph_gradients, plain_gradients
from attrwidget.engine.masking import find_masking
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.internals.cache import layer_kinds, returned_cache
from attrwidget.hf.internals.models import rope_types
from attrwidget.kinds import trials
from attrwidget.kinds.causal.record import record
from attrwidget.kinds.trials import OF_QUANTISED

if TYPE_CHECKING:
    from attrwidget.kinds.causal.adapter import CausalLM
    from attrwidget.progress import Progress

_PROMPT, _STEPS = 6, 6
READS_LATER_TOKENS = (
    "{} reads the tokens that come after the one it predicts, so its probabilities for a text are not those that it "
    "writes by: load it with task='fill-mask', or with is_decoder=True if it is an encoder such as BERT."
)

_RANDOM = (
    "{} gives other numbers each time that it is run on the same text, so none of them can be explained: something "
    "random acts in it, such as dropout that stays on; switch it off."
)


def probe(model: CausalLM, progress: Progress) -> Capabilities:
    """Try *model* on a few random tokens. Raises AttrWidgetError if it reads later tokens too."""
    length = min(_PROMPT + _STEPS, model.context or _PROMPT + _STEPS)
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(model.vocabulary, (1, length), generator=generator).to(model.device)
    trial = CausalTrial(model, ids)
    trial.require_causal()
    return trials.probe(trial, progress)


def returned(model: CausalLM, ids: torch.Tensor, rows: int) -> tuple[StoredAttention | None, torch.Tensor]:
    """Run *ids* under eager attention; return its weights, if it returns them, and the last *rows* of logits."""
    with exclusive_use(model.hf, "eager"), torch.no_grad():
        output = run(model.hf, ids, rows, output_attentions=True)
    layers = [layer for layer in output.attentions or () if layer is not None]
    return StoredAttention(layers) if layers else None, output.logits[0, -rows:]


class CausalTrial(trials.Trial[Capabilities, RecordedAttention, StoredAttention]):
    """Runs *model* on *ids* ``[1, n]``, the last of which are the steps."""

    def __init__(self, model: CausalLM, ids: torch.Tensor) -> None:
        self.model: CausalLM = model
        self._ids, self._first = ids, max(1, ids.shape[1] - _STEPS)
        self.own = self.logits(None)

    def require_causal(self) -> None:
        """Raise AttrWidgetError if earlier logits depend on later tokens, as in XLNet and in BERT as an encoder.

        So does a model in which something random acts, whose logits are others each time.
        """
        times = OF_QUANTISED if self.model.quantized else 1.0
        low = self.model.low_precision
        if same(self.own[: self._first], self._prompt.logits[0], low_precision=low, times=times):
            return
        again = same(self.own, self.logits(None), low_precision=low)
        raise AttrWidgetError((READS_LATER_TOKENS if again else _RANDOM).format(self.model.name))

    @cached_property
    def _prompt(self) -> Any:
        """What the model returns for the prompt alone, with its cache if it has one."""
        hf, ids, rows = self.model.hf, self._ids[:, : self._first], self._first
        with exclusive_use(hf), torch.no_grad():
            return attempt(lambda: run(hf, ids, rows, use_cache=True))[0] or run(hf, ids, rows)

    def logits(self, attention: str | None) -> torch.Tensor:
        """Return the logits of all positions under the implementation *attention*."""
        with exclusive_use(self.model.hf, attention), torch.no_grad():
            return logits_of(self.model.hf, self._ids, self._ids.shape[1])

    def record(self) -> tuple[torch.Tensor, RecordedAttention]:
        """Run with recorded attention."""
        return record(self.model, self._ids, self._ids.shape[1])

    def eager(self) -> tuple[StoredAttention | None, torch.Tensor]:
        """Return the attention that the model returns, and its logits."""
        return returned(self.model, self._ids, self._ids.shape[1])

    def is_readable(self, returned: StoredAttention) -> bool:
        """Return whether no token attends to a later one."""
        n = self._ids.shape[1]
        if not has_token_axes(returned, n):
            return False
        later = torch.ones(n, n, dtype=torch.bool, device=returned.layers[0].device).triu(1)
        return not any(bool(layer[:, later].any()) for layer in returned.layers)

    def capabilities(self, common: Capabilities) -> Capabilities:
        """Add the masking and the cache, in segments and in pieces."""
        note, pieces = self._cache()
        masking = find_masking(self.model, self._ids, self.own)
        return replace(
            common,
            segments=note is None,
            segments_note=note,
            masking=masking.what,
            positions=masking.positions,
            gaps=masking.gaps,
            pieces=pieces and common.attention == "recorded",
        )

    def plain_gradients(self, attention: str | None) -> torch.Tensor:
        """Return gradients by plain autograd."""
        whole = self.model.quantized is not None
        return plain_gradients(self.model, self._ids, self._first, attention, whole=whole)

    def our_gradients(self, capabilities: Capabilities) -> torch.Tensor:
        """Return gradients by our graph."""
        return graph_gradients(self.model, self._ids, self._first, capabilities)

    def depends_on_others(self, kept: list[int]) -> bool:
        """Return whether the logits of the last step change when all tokens but the *kept* ones do."""
        changed = change_all_but(self._ids, kept)
        with exclusive_use(self.model.hf), torch.no_grad():
            logits = logits_of(self.model.hf, changed, changed.shape[1])
        return not torch.equal(logits[-2], self.own[-2])

    def _cache(self) -> tuple[str | None, bool]:
        """Return why a text may not be run over a cache, or None, and whether attention may be recorded over it."""
        kinds, _ = attempt(self._cache_layers)
        if rope_types(self.model.text_config) & {"dynamic", "longrope"}:
            return "its rotary embeddings depend on the length of the text", False
        if kinds is None or not kinds <= {"plain", "sliding"}:
            return "its cache holds more than the keys and values of each layer", False
        return None, kinds <= {"plain"}

    def _cache_layers(self) -> set[str]:
        return layer_kinds(returned_cache(self.model.hf, self._prompt))
