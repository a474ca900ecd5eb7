"""The capabilities of a model, found by trying it; see ``kinds.trials``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

_MASKING = {
    "kept": "kept: nothing depends on a masked token, and positions stay",
    "moves": "moves: positions are counted from the mask, so tokens after a masked one move up",
    "ignored": "ignored: the model reads a masked token all the same",
}


C = TypeVar("C", bound="Capabilities")


@dataclass(frozen=True, repr=False)
class Capabilities:
    """How attention and gradients of a model are computed, as found by trying it; prints as a few plain lines.

    Attributes:
        attention: ``"recorded"`` (queries and keys are kept), ``"returned"`` (by ``output_attentions`` under eager
            attention), or None if the model shows no attention.
        attention_note: Why the model shows no attention, or None.
        gradient_attention: The attention implementation of the gradient graph; None for the model's own.
        segments: Whether a text may be run in segments over a cache.
        batched: Whether the backward passes of several steps may be batched.
        masking: What masking a token does: ``"kept"``, ``"moves"`` or ``"ignored"``; see ``find_masking``.
        positions: Whether positions can be given to the model where it reads a changed text.
        gaps: Whether a masked token may be left out where the others keep their positions; see ``find_masking``.
        pieces: Whether attention may be recorded piece by piece.
        gradients_note: Why there are no gradients, or None.
        predicts: Whether the model has outputs to explain.
        recording_note: Why attention is not recorded, or None.
        segments_note: Why a text is not run in segments, or None.
        batched_note: Why backward passes are not batched, or None.
    """

    attention: str | None
    attention_note: str | None
    gradient_attention: str | None
    segments: bool
    batched: bool
    masking: str = "kept"
    positions: bool = True
    gaps: bool = False
    pieces: bool = False
    gradients_note: str | None = None
    predicts: bool = True
    recording_note: str | None = None
    segments_note: str | None = None
    batched_note: str | None = None

    def __str__(self) -> str:
        lines = {
            "Attention": self._attention_line(),
            "Gradients": self._gradients_line(),
            "Masking": _MASKING[self.masking],
        }
        return "\n".join(f"{name + ':':<11}{line}" for name, line in lines.items())

    __repr__ = __str__

    def _attention_line(self) -> str:
        if self.attention == "recorded":
            return "recorded: queries and keys are kept, and weights are rebuilt from them"
        if self.attention == "returned":
            return _with_reason(
                "returned by the model under eager attention, not recorded", self.recording_note
            )
        return _with_reason("none", self.attention_note)

    def _gradients_line(self) -> str:
        if not self.predicts:
            return "none: the model has no head, so there is no output to differentiate"
        if self.gradients_note is not None:
            return _with_reason("none", self.gradients_note)
        batched = "batched" if self.batched else _with_reason("one step at a time", self.batched_note)
        segments = (
            "a long text in segments"
            if self.segments
            else _with_reason("a text in one run", self.segments_note)
        )
        return f"equal to plain automatic differentiation; {batched}; {segments}"


def slower_gradients(capabilities: C) -> C | None:
    """Return the next slower way to compute gradients: in one segment, then by the model's own attention; or None."""
    if capabilities.segments:
        return replace(capabilities, segments=False)
    if capabilities.gradient_attention is not None:
        return replace(capabilities, gradient_attention=None)
    return None


def _with_reason(what: str, reason: str | None) -> str:
    return what if reason is None else f"{what}: {reason.rstrip('.')}"
