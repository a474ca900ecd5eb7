"""Make each thing once, whoever asks for it, and keep it."""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Once(Generic[T]):
    """What was made, by key; threads that ask for what is being made wait for it. What failed is made again."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Future[T]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what *make* returned for *key* when it was first asked for."""
        with self._lock:
            first = key not in self._made
            found = self._made.setdefault(key, Future())
        if not first:
            wait([found])
            # Another's failure may be that nobody waits for it any more.
            return self.get(key, make) if found.exception() else found.result()
        try:
            found.set_result(make())
        except BaseException as error:
            with self._lock:
                del self._made[key]
            found.set_exception(error)
            raise
        return found.result()
