"""Use a model the user owns, and give it back exactly as it was."""

from __future__ import annotations

import threading
import weakref
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from attrwidget.hf.call_listener import without_listeners
from attrwidget.hf.internals.attention import attention_configs, attention_name, set_attention_name
from attrwidget.hf.internals.modules import (
    capturing,
    execution_device,
    modules_of,
    own_parameters,
    remove_capturing_hooks,
    restore_state,
    state_of,
    write_count,
)
from attrwidget.progress import is_stoppable, may_stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import torch
    from transformers import PreTrainedModel

_locks: weakref.WeakKeyDictionary[PreTrainedModel, threading.RLock] = weakref.WeakKeyDictionary()
_locks_guard = threading.Lock()


def lock_of(model: PreTrainedModel) -> threading.RLock:
    """Return the lock for all use of *model*; the same one however often the model was loaded. Work may stop here."""
    may_stop()
    with _locks_guard:
        return _locks.setdefault(model, threading.RLock())


def share_lock(model: PreTrainedModel, other: PreTrainedModel) -> None:
    """Give *other* the lock of *model*."""
    lock = lock_of(model)
    with _locks_guard:
        _locks[other] = lock


@contextmanager
def exclusive_use(
    model: PreTrainedModel, attention: str | None = None, *, keep_state: bool = False
) -> Iterator[None]:
    """Hold the model's lock, in evaluation mode and with frozen parameters; restore everything on leaving.

    Inference mode and autocast of the caller are off, so that results can be differentiated and are always the same.

    Args:
        model: The model, which may be the user's own.
        attention: The attention implementation for every configuration inside the model; unchanged if None.
        keep_state: Whether attributes, buffers and modules that are set inside stay: for a copy that is made over.
    """
    import torch

    with lock_of(model), without_listeners(), own_precision(), torch.inference_mode(mode=False):
        modules = modules_of(model)
        configs = attention_configs(modules)
        implementations = [(config, attention_name(config)) for config in configs]
        with (
            _restored(model, modules, keep_state=keep_state),
            _set(modules, "training", value=False),
            _set(_parameters(modules), "requires_grad", value=False),
            _set(configs, "return_dict", value=True),
            _stoppable_layers(modules),
        ):
            try:
                if attention is not None:
                    for config in configs:
                        set_attention_name(config, attention)
                yield
            finally:
                for config, implementation in implementations:
                    set_attention_name(config, implementation)


@contextmanager
def _restored(
    model: PreTrainedModel, modules: Sequence[torch.nn.Module], *, keep_state: bool
) -> Iterator[None]:
    """Take back on leaving what runs inside the block add to the modules: hooks, attributes, buffers."""
    captured = capturing(modules)
    state = [] if keep_state else state_of(modules)
    weights = weights_state(model)
    try:
        yield
    finally:
        remove_capturing_hooks(modules, captured)
        # RWKV divides weights at its first run, and notes it in an attribute: what goes with the weights stays.
        if weights_state(model) == weights:
            restore_state(state)


@contextmanager
def _stoppable_layers(modules: Sequence[torch.nn.Module]) -> Iterator[None]:
    """Let work end before each layer, where somebody may wish so."""
    import torch

    lists = (module for module in modules if isinstance(module, torch.nn.ModuleList))
    layers = [layer for one in lists for layer in one] if is_stoppable() else []
    with ExitStack() as stack:
        for layer in layers:
            stack.callback(layer.register_forward_pre_hook(lambda *_: may_stop()).remove)
        yield


@contextmanager
def _set(things: Iterable[Any], name: str, *, value: bool) -> Iterator[None]:
    """Set the attribute *name* of *things* inside the block, and turn back those that were set otherwise."""
    changed = [thing for thing in things if getattr(thing, name) is not value]
    try:
        for thing in changed:
            setattr(thing, name, value)
        yield
    finally:
        for thing in changed:
            setattr(thing, name, not value)


@contextmanager
def own_precision() -> Iterator[None]:
    """Turn off the caller's autocast: threads that answer a widget run without it, and must give the same numbers."""
    import torch

    with ExitStack() as stack:
        for device in ("cpu", "cuda", "xpu", "mps"):
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        yield


def embedding_weights(model: PreTrainedModel) -> torch.Tensor:
    """Return the weights of the input embeddings, ``[vocabulary, d]``."""
    weight: torch.Tensor = model.get_input_embeddings().weight  # type: ignore[assignment]
    return weight


def input_device(model: PreTrainedModel) -> torch.device:
    """Return the device for token ids: that of the input embeddings, or the one on which Accelerate runs them."""
    device = embedding_weights(model).device
    return device if device.type != "meta" else execution_device(model.get_input_embeddings()) or device


def weights_state(model: PreTrainedModel) -> int:
    """Return a number that changes when any weight is replaced, moved, cast or written to.

    Writing through ``.data`` is not noticed, and neither are changes to weights that Accelerate offloads.
    """
    loaded = (p for p in _parameters(modules_of(model)) if not p.is_meta)
    return hash(tuple([(id(p), write_count(p), p.data_ptr(), p.dtype) for p in loaded]))


def _parameters(modules: Iterable[torch.nn.Module]) -> list[torch.nn.Parameter]:
    return [p for module in modules for p in own_parameters(module)]
