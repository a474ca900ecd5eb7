"""Listen to the calls of a model and their results. Only that object is patched, and it is restored."""

from __future__ import annotations

import threading
import weakref
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MethodType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from transformers import PreTrainedModel

    # Called with the arguments before a call; returns a function that is called with the result.
    Listener = Callable[..., Callable[[Any], None]]


@dataclass
class _Watched:
    """The listeners of a model, each with its thread, and a function that restores the model."""

    listeners: list[tuple[int, Listener]] = field(default_factory=list)
    stop: Callable[[], None] = lambda: None
    own: Callable[..., Any] | None = None  # the object's own ``generate`` attribute, if it had one


_watched: weakref.WeakKeyDictionary[PreTrainedModel, _Watched] = weakref.WeakKeyDictionary()
_guard = threading.Lock()
_thread = threading.local()


@contextmanager
def listening_to(model: PreTrainedModel, listener: Listener) -> Iterator[None]:
    """Call *listener* for each call of ``model.generate``, or of ``model`` if it cannot generate.

    *listener* is called with the arguments and returns a function that is called with the result, unless the call
    raises. A call goes to the listeners of its own thread; if that has none, to all, because a streamer runs
    ``generate`` in another thread. Calls made inside ``generate``, of an assistant or of the model, are left out.
    """
    entry = (threading.get_ident(), listener)
    with _guard:
        if model not in _watched:
            _watched[model] = _Watched()
            (_watch_generate if model.can_generate() else _watch_forward)(model, _watched[model])
        watching = _watched[model]
        watching.listeners.append(entry)
    try:
        yield
    finally:
        with _guard:
            watching.listeners.remove(entry)
            if not watching.listeners:
                del _watched[model]
                watching.stop()


@contextmanager
def without_listeners() -> Iterator[None]:
    """Keep the calls that this thread makes from all listeners."""
    before = getattr(_thread, "inside", False)
    _thread.inside = True
    try:
        yield
    finally:
        _thread.inside = before


def _watch_generate(model: PreTrainedModel, watching: _Watched) -> None:
    watching.own = vars(model).get("generate")
    # Bound to the model, so that a copy of the model gets its own method, without listeners.
    ours = vars(model)["generate"] = MethodType(_generate, model)

    def stop() -> None:
        if vars(model).get("generate") == ours:
            del vars(model)["generate"]
            vars(model).update({} if watching.own is None else {"generate": watching.own})

    watching.stop = stop


def _watch_forward(model: PreTrainedModel, watching: _Watched) -> None:
    def hook(module: Any, args: Any, kwargs: Any, output: Any) -> None:
        if module is model:  # and not a copy that shares its hooks
            for listener in _listeners(model):
                listener(*args, **kwargs)(output)

    watching.stop = model.register_forward_hook(hook, with_kwargs=True).remove


def _listeners(model: PreTrainedModel) -> list[Listener]:
    if getattr(_thread, "inside", False):
        return []
    with _guard:
        entries = list(_watched[model].listeners) if model in _watched else []
    here = [listener for thread, listener in entries if thread == threading.get_ident()]
    return here or [listener for _, listener in entries]


def _generate(model: PreTrainedModel, *args: Any, **kwargs: Any) -> Any:
    watching = _watched.get(model)
    own = watching.own if watching else None
    receivers = [listener(*args, **kwargs) for listener in _listeners(model)]
    with without_listeners():
        result = (own or MethodType(type(model).generate, model))(*args, **kwargs)  # type: ignore[attr-defined]
    for receive in receivers:
        receive(result)
    return result
