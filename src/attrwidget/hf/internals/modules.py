"""What torch, Accelerate, bitsandbytes and Transformers keep in a model's modules."""

from __future__ import annotations

import inspect
from functools import cache, lru_cache
from importlib.util import find_spec
from operator import is_
from typing import TYPE_CHECKING, Any

from attrwidget.hf.internals.missing import warn_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    import torch

_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_CAPTURING = "_output_capturing_hooks_installed"
_CAPTURING_MODULE = "transformers.utils.output_capturing"
_ACTIVATIONS = "transformers.activations"


def uncompiled(model: Any) -> Any:
    """Return the model that ``torch.compile`` wraps, or *model* itself."""
    return getattr(model, "_orig_mod", model)


def is_patched(module: torch.nn.Module) -> bool:
    """Return whether the ``forward`` of *module* was replaced, otherwise than by ``torch.compile`` of its own."""
    if uncompiled(module) is not module:
        return has_forward_hooks(module)  # which the original would run without
    forward = vars(module).get("forward")
    own = getattr(getattr(forward, "_torchdynamo_orig_callable", None), "__func__", None)
    return forward is not None and own is not type(module).forward


def modules_of(model: torch.nn.Module) -> list[torch.nn.Module]:
    """Return *model* and the modules inside it, each once: faster than the public iterator, which names them."""
    found: dict[int, torch.nn.Module] = {}

    def enter(module: torch.nn.Module) -> None:
        found[id(module)] = module
        for part in module._modules.values():  # noqa: SLF001
            if part is not None and id(part) not in found:
                enter(part)

    enter(model)
    return list(found.values())


def takes(model: torch.nn.Module) -> Collection[str]:
    """Return the names of the arguments of *model*'s ``forward``."""
    if "forward" in vars(model):
        return inspect.signature(model.forward).parameters
    return class_takes(type(model))


def class_takes(kind: type[torch.nn.Module]) -> Collection[str]:
    """Return the names of the arguments of the ``forward`` of a class of modules: an object's own may be wrapped."""
    return _names(kind.forward)


@lru_cache(64)
def _names(function: Callable[..., Any]) -> Collection[str]:
    return frozenset(inspect.signature(function).parameters)


def own_parameters(module: torch.nn.Module) -> list[torch.nn.Parameter]:
    """Return the parameters of *module* without its submodules: faster than the public iterator, which names them."""
    return [p for p in module._parameters.values() if p is not None]  # noqa: SLF001


def write_count(tensor: torch.Tensor) -> int:
    """Return how often *tensor* was written to in place."""
    return tensor._version  # noqa: SLF001


def hooks_of(module: torch.nn.Module) -> list[Any]:
    """Return all forward and backward hooks of *module*."""
    return [hook for name in _HOOKS for hook in getattr(module, name).values()]


def has_forward_hooks(module: torch.nn.Module) -> bool:
    """Return whether *module* has a forward hook."""
    return bool(module._forward_hooks)  # noqa: SLF001


def is_offloaded(model: torch.nn.Module) -> bool:
    """Return whether Accelerate keeps weights of *model* elsewhere and brings them when they are used."""
    return any(hasattr(module, "_hf_hook") for module in model.modules())


def execution_device(module: torch.nn.Module) -> torch.device | None:
    """Return the device on which Accelerate runs *module*, or None if Accelerate does not handle it."""
    import torch

    hook = getattr(module, "_hf_hook", None)
    if hook is None:
        return None
    place = hook.execution_device
    return torch.device("cuda", place) if isinstance(place, int) else torch.device(place)


def keep_unpacked(module: torch.nn.Module) -> None:
    """Keep bitsandbytes from packing 4-bit weights in place for a CPU kernel that has no backward."""
    if hasattr(module, "support_avx512bf16_for_cpu"):
        module.support_avx512bf16_for_cpu = False  # type: ignore[assignment]


def state_of(modules: Iterable[torch.nn.Module]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the attributes, buffers and submodules of *modules*, for ``restore_state``; tensors are not copied."""
    tables = (t for m in modules for t in (vars(m), m._buffers, m._modules))  # noqa: SLF001
    return [(table, dict(table)) for table in tables]


def restore_state(state: Iterable[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Undo what a forward pass has set or replaced since ``state_of``.

    BigBird turns to full attention for good at its first short text, and rotary embeddings that depend on the length
    keep the frequencies of the longest.
    """
    for table, before in state:
        if table.keys() != before.keys() or not all(map(is_, table.values(), before.values())):
            table.clear()
            table.update(before)


def capturing(modules: Iterable[torch.nn.Module]) -> set[int]:
    """Return the ids of the modules in which Transformers has installed hooks that capture attentions."""
    return {id(module) for module in modules if _CAPTURING in vars(module)}


def remove_capturing_hooks(modules: Iterable[torch.nn.Module], before: set[int]) -> None:
    """Remove the hooks that Transformers installed for good since *before*, when it was asked for attentions."""
    _require_capturing_module()
    for root in [m for m in modules if _CAPTURING in vars(m) and id(m) not in before]:
        delattr(root, _CAPTURING)
        for module in root.modules():
            hooks = module._forward_hooks  # noqa: SLF001
            for key in [key for key, hook in hooks.items() if hook.__module__ == _CAPTURING_MODULE]:
                del hooks[key]


@cache
def _require_capturing_module() -> None:
    """Warn when hooks of Transformers could not be recognised; the first versions of 5 installed none for good."""
    from transformers.utils import generic

    if find_spec(_CAPTURING_MODULE) is None and not hasattr(generic, "OutputRecorder"):
        warn_missing(_CAPTURING_MODULE, "hooks that capture attentions may stay in your model")


@cache
def tanh_gelus() -> tuple[type, ...]:
    """Return Transformers' activations that write out the tanh approximation of GELU."""
    from transformers import activations

    names = ("NewGELUActivation", "FastGELUActivation")
    found = [getattr(activations, name, None) for name in names]
    for name, kind in zip(names, found, strict=True):
        if kind is None:
            warn_missing(f"{_ACTIVATIONS}.{name}", "gradients take more time")
    return tuple(kind for kind in found if kind is not None)


def is_activation(module: torch.nn.Module) -> bool:
    """Return whether *module* is an elementwise activation that Transformers defines."""
    return type(module).__module__ == _ACTIVATIONS
