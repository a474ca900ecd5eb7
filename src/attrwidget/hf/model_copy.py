"""A second model over the same weights, so that nothing done to it is seen by who uses the first meanwhile."""

from __future__ import annotations

import copy
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from attrwidget.hf.exclusive_use import share_lock
from attrwidget.hf.internals.modules import hooks_of, keep_unpacked, own_parameters

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

_CONTAINERS = (OrderedDict, dict, set)


def copy_model(model: PreTrainedModel) -> PreTrainedModel:
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
        shared |= {id(part): part for part in _quantized_parts(module)}
        shared |= {id(hook): hook for hook in hooks_of(module)}
        # Of each module a dozen are empty, and to find that out one by one is most of the copying.
        shared |= {id(v): type(v)() for v in vars(module).values() if type(v) in _CONTAINERS and not v}
    try:
        double = copy.deepcopy(model, shared)
    except (RuntimeError, TypeError, ValueError, AttributeError, NotImplementedError, copy.Error):
        return model
    keep_backward(double)
    share_lock(model, double)
    return double


def keep_backward(model: PreTrainedModel) -> None:
    """Keep *model*, which is ours, from packing its weights in place for kernels that have no backward.

    On some CPUs bitsandbytes does so with 4-bit weights when they are first used without gradients.
    """
    for module in model.modules():
        keep_unpacked(module)


def _quantized_parts(module: torch.nn.Module) -> list[Any]:
    """Return what a module of quantised weights holds beside them: their scales, and where they are while it runs."""
    import torch

    if all(type(p) is torch.nn.Parameter for p in own_parameters(module)):
        return []
    kept = (torch.nn.Module, dict, list, tuple, set, str, int, float, type(None), torch.dtype, torch.device)
    return [value for value in vars(module).values() if not isinstance(value, kept)]
