"""Find the lists of blocks in a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from attrwidget.hf.adapter import Adapter


def blocks_by_side(model: Adapter) -> dict[str, torch.nn.ModuleList] | None:
    """Return the lists of blocks of *model*, by ``"encoder"`` and ``"decoder"`` or by ``""``; None if not found."""
    hf: Any = model.hf
    if model.encoder_decoder:
        bodies = {"encoder": (hf.get_encoder(), None), "decoder": (hf.get_decoder(), None)}
    else:
        bodies = {"": (hf, getattr(model.text_config, "num_hidden_layers", None))}
    found = {side: _first_list(*body) for side, body in bodies.items()}
    lists = {side: blocks for side, blocks in found.items() if blocks is not None}
    return lists if len(lists) == len(bodies) else None


def _first_list(body: torch.nn.Module, count: int | None) -> torch.nn.ModuleList | None:
    for module in body.modules():
        if isinstance(module, torch.nn.ModuleList) and count in (None, len(module)):
            return module
    return None
