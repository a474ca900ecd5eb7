"""A second model over the same weights, so that nothing done to it is seen by who uses the first meanwhile."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from attrwidget.models.borrow import share_lock

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


def twin(model: PreTrainedModel) -> PreTrainedModel:
    """Return a model with modules, configurations and flags of its own over *model*'s weights, which are not copied.

    The caller's model may be running, or training, in another thread: its attention, mode or gradient flags must
    not change even for a moment. A model whose modules cannot be doubled (weights offloaded by Accelerate, a
    patched ``forward``) is returned itself, to be borrowed.
    """
    import torch

    if any("forward" in vars(module) for module in model.modules()):
        return model
    shared: dict[int, Any] = {id(buffer): buffer for buffer in model.buffers()}
    for parameter in model.parameters():
        plain = type(parameter) is torch.nn.Parameter
        shared[id(parameter)] = (
            torch.nn.Parameter(parameter.detach(), requires_grad=False) if plain else parameter
        )
    for module in model.modules():
        shared |= {id(hook): hook for name in _HOOKS for hook in getattr(module, name).values()}
    try:
        double = copy.deepcopy(model, shared)
    except (RuntimeError, TypeError, ValueError, AttributeError, NotImplementedError, copy.Error):
        return model
    share_lock(model, double)
    return double
