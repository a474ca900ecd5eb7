"""Find the capabilities of a model by trying it on a few tokens, never by its name.

The trials and their order are the same for all models; the ``trials.py`` of each kind only runs its model.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

import torch

from attrwidget.engine.attempt import attempt
from attrwidget.engine.attention.recorder import AttentionReader
from attrwidget.engine.capabilities import Capabilities
from attrwidget.engine.compare import same, same_weights
from attrwidget.engine.gradients.check import check_gradients
from attrwidget.errors import first_line

if TYPE_CHECKING:
    from attrwidget.hf.adapter import Adapter
    from attrwidget.progress import Progress

C = TypeVar("C", bound=Capabilities)
Kept = TypeVar("Kept", bound=AttentionReader)
Returned = TypeVar("Returned", bound=AttentionReader)

_TRIALS = 4  # the model itself, attention, changed texts, gradients
# A factor on the tolerance of a step alone: 8 bits round a token by what else is in the text (by 11 % on SmolLM2).
OF_QUANTISED = 6.0


class Trial(ABC, Generic[C, Kept, Returned]):
    """Runs one kind of model on a few tokens.

    Attributes:
        model: The adapter of the model.
        own: The logits ``[positions, outputs]`` of the untouched model, which all others are compared with.
        predicts: Whether the model has outputs to explain.
    """

    model: Adapter
    own: torch.Tensor
    predicts: bool = True

    @abstractmethod
    def logits(self, attention: str) -> torch.Tensor:
        """Return the logits of ``own`` under the implementation *attention*."""

    @abstractmethod
    def record(self) -> tuple[torch.Tensor, Kept]:
        """Run with recorded attention; return the logits of ``own`` and the record."""

    @abstractmethod
    def eager(self) -> tuple[Returned | None, torch.Tensor]:
        """Return the attention that the model returns under eager attention, or None, and the logits of ``own``."""

    def is_same_attention(self, truth: Returned | None, record: Kept) -> bool:
        """Return whether *record* can be trusted: it has the weights that the model returns, if it returns any."""
        return truth is None or same_weights(truth, record, low_precision=self.model.low_precision)

    def is_readable(self, returned: Returned) -> bool:  # noqa: ARG002
        """Return whether the attention that the model returns can be shown."""
        return True

    @abstractmethod
    def capabilities(self, common: Capabilities) -> C:
        """Return the capabilities, with masking and cache added to those *common* to all kinds."""

    @abstractmethod
    def plain_gradients(self, attention: str | None) -> torch.Tensor:
        """Return the gradients ``[2, tokens, d]`` of the first and the last step by plain autograd."""

    @abstractmethod
    def our_gradients(self, capabilities: C) -> torch.Tensor:
        """Return the same gradients by our graph, in segments if *capabilities* allow."""

    @abstractmethod
    def depends_on_others(self, kept: list[int]) -> bool:
        """Return whether the logits of the last step change when all tokens but the *kept* ones do."""


def probe(trial: Trial[C, Kept, Returned], progress: Progress) -> C:
    """Try a model against its own logits, the attention that it returns, and plain autograd; report *progress*."""
    progress(1, _TRIALS)
    truth, logits = attempt(trial.eager)[0] or (None, attempt(lambda: trial.logits("eager"))[0])
    eager = same(trial.own, logits)
    attention, note, recording_note = _find_attention(trial, truth if eager else None, eager=eager)
    progress(2, _TRIALS)
    found = trial.capabilities(
        Capabilities(
            attention,
            note,
            "eager" if eager else None,
            segments=False,
            batched=True,
            predicts=trial.predicts,
            recording_note=recording_note,
        )
    )
    progress(3, _TRIALS)
    if not trial.predicts:
        return found
    with torch.inference_mode(mode=False), torch.enable_grad():
        return check_gradients(
            trial.model,
            found,
            lambda: trial.plain_gradients(found.gradient_attention),
            trial.our_gradients,
            trial.depends_on_others,
        )


def _find_attention(
    trial: Trial[C, Kept, Returned], truth: Returned | None, *, eager: bool
) -> tuple[str | None, str | None, str | None]:
    """Return how attention is read, why it cannot be read, and why it is not recorded; each may be None."""
    reason = _why_not_recorded(trial, truth)
    if reason is None:
        return "recorded", None, None
    if truth is not None and trial.is_readable(truth):
        return "returned", None, reason
    return None, _no_attention(trial.model.name, eager=eager), reason


def _why_not_recorded(trial: Trial[C, Kept, Returned], truth: Returned | None) -> str | None:
    def compare() -> str | None:
        logits, record = trial.record()
        if not record.n_layers:
            return "its attention does not go through Transformers' attention interface"
        if not same(trial.own, logits):
            return "recording changes its logits"
        if not trial.is_same_attention(truth, record):
            return "the weights rebuilt are not those that it returns"
        return None

    reason, error = attempt(compare)
    return reason if error is None else first_line(error)


def _no_attention(name: str, *, eager: bool) -> str:
    """Return the error for a model without readable attention; *eager*: eager attention left its logits unchanged."""
    if not eager:
        return (
            f"{name} computes its attention in a way that does not show its weights: load it with "
            "attn_implementation='eager', or by name with attrwidget's load, to see attention."
        )
    return f"{name} has no attention weights to show (some models, such as Mamba, have no attention)."
