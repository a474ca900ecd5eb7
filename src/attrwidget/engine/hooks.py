"""Forward hooks that act in one thread: a user's own cell may run the same model at the same time."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import torch

    Hook = Callable[..., Any]


def in_this_thread(function: Hook, otherwise: Hook = lambda *_: None) -> Hook:
    """Return a function that calls *function* in the current thread and *otherwise* in all others."""
    own = threading.get_ident()
    return lambda *args: function(*args) if threading.get_ident() == own else otherwise(*args)


@contextmanager
def hooked(hooks: Iterable[tuple[torch.nn.Module, Hook]], *, before: bool = False) -> Iterator[None]:
    """Run with forward hooks (forward pre-hooks if *before*) that act in the current thread only."""
    with ExitStack() as stack:
        for module, hook in hooks:
            register = module.register_forward_pre_hook if before else module.register_forward_hook
            stack.callback(register(in_this_thread(hook)).remove)
        yield
