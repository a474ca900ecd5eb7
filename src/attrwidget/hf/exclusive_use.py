"""Use a model the user owns, and give it back exactly as it was."""

from __future__ import annotations

import threading
import weakref
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from attrwidget.hf.call_listener import unheard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import torch
    from transformers import PretrainedConfig, PreTrainedModel

_locks: weakref.WeakKeyDictionary[PreTrainedModel, threading.RLock] = weakref.WeakKeyDictionary()
_locks_guard = threading.Lock()
_CAPTURING = "_output_capturing_hooks_installed"


def lock_of(model: PreTrainedModel) -> threading.RLock:
    """Return the one lock that everything touching *model* holds, however often it was loaded here."""
    with _locks_guard:
        return _locks.setdefault(model, threading.RLock())


def share_lock(model: PreTrainedModel, other: PreTrainedModel) -> None:
    """Let *other* have *model*'s lock."""
    lock = lock_of(model)
    with _locks_guard:
        _locks[other] = lock


@contextmanager
def exclusive_use(model: PreTrainedModel, attention: str | None = None) -> Iterator[None]:
    """Hold the model's lock with evaluation mode on and parameters frozen; restore all on leaving.

    With *attention*, every configuration inside the model names that attention implementation meanwhile. What
    the model computes can be differentiated even where the caller is in inference mode.
    """
    import torch

    with lock_of(model), unheard(), own_precision(), torch.inference_mode(False):  # noqa: FBT003
        modules = list(model.modules())
        training = [module for module in modules if module.training]
        trained = [parameter for parameter in _parameters(modules) if parameter.requires_grad]
        implementations = [(config, config._attn_implementation_internal) for config in _configs(modules)]  # noqa: SLF001
        capturing = {id(module) for module in modules if _CAPTURING in vars(module)}
        try:
            for module in training:
                module.training = False
            for parameter in trained:
                parameter.requires_grad = False
            if attention is not None:
                for config, _ in implementations:
                    # The public setter would pass the name on to sub-configurations, for good.
                    config._attn_implementation_internal = attention  # noqa: SLF001
            yield
        finally:
            for config, implementation in implementations:
                config._attn_implementation_internal = implementation  # noqa: SLF001
            for parameter in trained:
                parameter.requires_grad = True
            for module in training:
                module.training = True
            _stop_capturing(modules, capturing)


@contextmanager
def own_precision() -> Iterator[None]:
    """Compute in the model's own precision meanwhile, even under the caller's autocast.

    Threads that answer a widget do not see that, and their numbers are to be the same.
    """
    import torch

    with ExitStack() as stack:
        for device in ("cpu", "cuda", "xpu", "mps"):
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        yield


def embedding_weights(model: PreTrainedModel) -> torch.Tensor:
    """Return the weights of the input embeddings, ``[vocabulary, d]``: where token ids go, and how many there are."""
    weight: torch.Tensor = model.get_input_embeddings().weight  # type: ignore[assignment]
    return weight


def input_device(model: PreTrainedModel) -> torch.device:
    """Return where token ids go: the device of the input embeddings, or where Accelerate brings them to run."""
    import torch

    place = embedding_weights(model).device
    hook = getattr(model.get_input_embeddings(), "_hf_hook", None)
    if place.type != "meta" or hook is None:
        return place
    place = hook.execution_device
    return torch.device("cuda", place) if isinstance(place, int) else torch.device(place)


def weights_state(model: PreTrainedModel) -> int:
    """Return a number that changes when any weight is replaced, moved, cast or written to.

    What is written through ``.data`` is not seen, nor what is done to weights that Accelerate keeps elsewhere: they
    are made anew whenever they are used.
    """
    there = (p for p in _parameters(model.modules()) if not p.is_meta)
    return hash(tuple((id(p), p._version, p.data_ptr(), p.dtype) for p in there))  # noqa: SLF001


def _stop_capturing(modules: list[torch.nn.Module], before: set[int]) -> None:
    """Take away the hooks that Transformers leaves in a model when it is first asked for attentions."""
    hooked = [m for m in modules if _CAPTURING in vars(m) and id(m) not in before]
    for root in hooked:
        delattr(root, _CAPTURING)
        for module in root.modules():
            for key, hook in list(module._forward_hooks.items()):  # noqa: SLF001
                if hook.__module__ == "transformers.utils.output_capturing":
                    del module._forward_hooks[key]  # noqa: SLF001


def _parameters(modules: Iterable[torch.nn.Module]) -> Iterator[torch.nn.Parameter]:
    # The model's own iterator walks over its modules by name, which takes some of what a short text does.
    return (p for module in modules for p in module._parameters.values() if p is not None)  # noqa: SLF001


def _configs(modules: list[torch.nn.Module]) -> list[PretrainedConfig]:
    found: dict[int, Any] = {}
    for module in modules:
        config = getattr(module, "config", None)
        if hasattr(config, "_attn_implementation_internal"):
            found[id(config)] = config
    return list(found.values())
