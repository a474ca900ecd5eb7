"""What a model allows, as found out by trying it; see ``kinds.trials``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Capabilities:
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
