"""Ask several things at the same time, and get the answers in order."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")


@contextmanager
def at_once(asked: Sequence[Callable[[], T]], most: int) -> Iterator[Iterator[T]]:
    """Yield an iterator over what each of *asked* returns, in their order; up to *most* run at the same time.

    When the context ends, by an exception or not, those that have not begun never do.
    """
    if most == 1:
        yield (one() for one in asked)
        return
    pool = ThreadPoolExecutor(most)
    try:
        yield map(Future.result, [pool.submit(one) for one in asked])
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
