"""Ask several things at the same time, and get the answers in order."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")

_ended: ContextVar[threading.Event | None] = ContextVar("ended", default=None)


@contextmanager
def at_once(asked: Sequence[Callable[[], T]], most: int) -> Iterator[Iterator[T]]:
    """Yield an iterator over what each of *asked* returns, in their order; up to *most* run at the same time.

    When the context ends, by an exception or not, those that have not begun never do, and ``require_wanted`` stops the
    others.
    """
    if most == 1:
        yield (one() for one in asked)
        return
    ended, pool = threading.Event(), ThreadPoolExecutor(most)
    try:
        yield map(Future.result, [pool.submit(partial(_run, one, ended)) for one in asked])
    finally:
        ended.set()
        pool.shutdown(wait=False, cancel_futures=True)


def require_wanted() -> None:
    """Raise AttrWidgetError in a function that ``at_once`` runs, if nobody waits for its answer any more."""
    ended = _ended.get()
    if ended is not None and ended.is_set():
        raise AttrWidgetError("Stopped: nobody waits for this answer any more.")


def _run(one: Callable[[], T], ended: threading.Event) -> T:
    _ended.set(ended)
    return one()
