"""Hear what a model's own ``generate`` is called with and returns; the object alone is patched, and given back."""

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
    """What ``generate`` was on the object itself, if anything, and who listens, by the thread that asked."""

    before: dict[str, Any]
    listeners: list[tuple[int, Listener]] = field(default_factory=list)


_watched: weakref.WeakKeyDictionary[PreTrainedModel, _Watched] = weakref.WeakKeyDictionary()
_guard = threading.Lock()
_thread = threading.local()


@contextmanager
def generate_watched(model: PreTrainedModel, listener: Listener) -> Iterator[None]:
    """Tell *listener* of each call of ``model.generate`` meanwhile.

    It is called with the call's arguments, and what it returns is called with the result; a call that raises has none.
    A call is told to those who listen in its own thread or, when nobody does, to all (as when a streamer's ``generate``
    runs in a thread of its own). Calls that ``generate`` itself makes, of an assistant or of the same model, are
    not told.
    """
    entry = (threading.get_ident(), listener)
    with _guard:
        watched = _watched.get(model)
        if watched is None:
            before = {name: value for name, value in vars(model).items() if name == "generate"}
            watched = _watched[model] = _Watched(before)
            vars(model)["generate"] = MethodType(_generate, model)
        watched.listeners.append(entry)
    try:
        yield
    finally:
        with _guard:
            watched.listeners.remove(entry)
            if not watched.listeners:
                del _watched[model]
                if vars(model).get("generate") == MethodType(_generate, model):
                    del vars(model)["generate"]
                    vars(model).update(watched.before)


@contextmanager
def unheard() -> Iterator[None]:
    """Tell nobody of the calls that this thread makes meanwhile."""
    before = getattr(_thread, "inside", False)
    _thread.inside = True
    try:
        yield
    finally:
        _thread.inside = before


def _generate(model: PreTrainedModel, *args: Any, **kwargs: Any) -> Any:
    with _guard:
        watched = _watched.get(model)
        listeners = list(watched.listeners) if watched else []
    own = watched.before.get("generate") if watched else None
    own = own or MethodType(type(model).generate, model)  # type: ignore[attr-defined]
    if getattr(_thread, "inside", False):
        return own(*args, **kwargs)
    here = [listener for thread, listener in listeners if thread == threading.get_ident()]
    with unheard():
        tell = [listener(*args, **kwargs) for listener in here or [listener for _, listener in listeners]]
        result = own(*args, **kwargs)
        for told in tell:
            told(result)
    return result
