"""Hear what a model is called with and returns; that object alone is patched, and given back."""

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

    # Called with a call's arguments before it, and what that returns with its result.
    Listener = Callable[..., Callable[[Any], None]]


@dataclass
class _Watched:
    """Who listens to a model, by the thread that asked, and how to stop watching it."""

    listeners: list[tuple[int, Listener]] = field(default_factory=list)
    stop: Callable[[], None] = lambda: None
    own: Callable[..., Any] | None = None  # what ``generate`` was on the object itself, if anything


_watched: weakref.WeakKeyDictionary[PreTrainedModel, _Watched] = weakref.WeakKeyDictionary()
_guard = threading.Lock()
_thread = threading.local()


@contextmanager
def watched(model: PreTrainedModel, listener: Listener) -> Iterator[None]:
    """Tell *listener* of each call of ``model.generate`` meanwhile, or of a model that generates nothing, of ``model``.

    It is called with the call's arguments, and what it returns is called with the result; a call that raises has none.
    A call is told to those who listen in its own thread or, when nobody does, to all (as when a streamer's ``generate``
    runs in a thread of its own). Calls that ``generate`` itself makes, of an assistant or of the same model, are
    not told.
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
def unheard() -> Iterator[None]:
    """Tell nobody of the calls that this thread makes meanwhile."""
    before = getattr(_thread, "inside", False)
    _thread.inside = True
    try:
        yield
    finally:
        _thread.inside = before


def _watch_generate(model: PreTrainedModel, watching: _Watched) -> None:
    watching.own = vars(model).get("generate")
    # Bound to the model, so that a copy of the model has one of its own, which nobody listens to.
    ours = vars(model)["generate"] = MethodType(_generate, model)

    def stop() -> None:
        if vars(model).get("generate") == ours:
            del vars(model)["generate"]
            vars(model).update({} if watching.own is None else {"generate": watching.own})

    watching.stop = stop


def _watch_forward(model: PreTrainedModel, watching: _Watched) -> None:
    def hook(module: Any, args: Any, kwargs: Any, output: Any) -> None:
        if module is model:  # and no copy that has its hooks
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
    tell = [listener(*args, **kwargs) for listener in _listeners(model)]
    with unheard():
        result = (own or MethodType(type(model).generate, model))(*args, **kwargs)  # type: ignore[attr-defined]
    for told in tell:
        told(result)
    return result
