"""Show the progress of long work in a notebook or a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[int, int], None]  # called with (done, total)

_DELAY = 1.0  # seconds before a bar appears; most work is over by then


@contextmanager
def progress_bar(title: str, unit: str = "token") -> Iterator[Progress]:
    """Yield a function to call with ``(done, total)``; it draws a bar of *unit*s when work lasts over a second."""
    from tqdm.auto import tqdm  # type: ignore[import-untyped]

    bar = tqdm(desc=title, unit=unit, delay=_DELAY, leave=False)

    def report(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield report
    finally:
        bar.close()
