"""Copy a model over the same weights, so that nothing done to the copy changes the original."""

from __future__ import annotations

import copy
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from attrwidget.hf.exclusive_use import share_lock
from attrwidget.hf.internals.modules import (
    hooks_of,
    is_patched,
    keep_unpacked,
    own_parameters,
    uncompiled,
)

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

_CONTAINERS = (OrderedDict, dict, set)


def copy_model(model: PreTrainedModel) -> PreTrainedModel:
    """Return a copy of *model* with its own modules, configurations and flags, over the same weights.

    The model may be running or training in another thread, so its attention, mode and gradient flags must never
    change. A model that cannot be copied (offloaded by Accelerate, or with a patched ``forward``) is returned itself.
    """
    import torch

    if any(map(is_patched, model.modules())):
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
        # Each module has a dozen empty containers; deepcopy would spend most of its time on them.
        shared |= {id(v): type(v)() for v in vars(module).values() if type(v) in _CONTAINERS and not v}
    try:
        for part in reversed(list(model.modules())):
            # A compiled part is copied as it is written: it would be compiled anew for each length.
            if uncompiled(part) is not part:
                shared[id(part)] = copy.deepcopy(uncompiled(part), shared)
        double = copy.deepcopy(model, shared)
    except (RuntimeError, TypeError, ValueError, AttributeError, NotImplementedError, copy.Error):
        return model
    for module in double.modules():
        vars(module).pop(
            "forward", None
        )  # compiled, it would run the original, and be compiled anew for each length
    keep_backward(double)
    share_lock(model, double)
    return double


def keep_backward(model: PreTrainedModel) -> None:
    """Keep bitsandbytes from packing the 4-bit weights of *model* for CPU kernels that have no backward."""
    for module in model.modules():
        keep_unpacked(module)


def _quantized_parts(module: torch.nn.Module) -> list[Any]:
    """Return what a quantised module holds beside its weights: scales, and the state of a forward pass."""
    import torch

    if all(type(p) is torch.nn.Parameter for p in own_parameters(module)):
        return []
    kept = (torch.nn.Module, dict, list, tuple, set, str, int, float, type(None), torch.dtype, torch.device)
    return [value for value in vars(module).values() if not isinstance(value, kept)]
