"""Progress of long work, shown where the user is: a notebook or a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[int, int], None]  # called with (done, total)

_DELAY = 1.0  # seconds before a bar appears; most work is over by then


@contextmanager
def progress_bar(title: str, unit: str) -> Iterator[Progress]:
    """Draw a progress bar for work that lasts over a second.

    Args:
        title: Text before the bar.
        unit: Singular noun for what is counted, such as ``"token"``.

    Yields:
        The function to call with ``(done, total)``.
    """
    from tqdm.auto import tqdm  # type: ignore[import-untyped]

    bar = tqdm(desc=title, unit=f" {unit}", delay=_DELAY, leave=False)

    def report(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield report
    finally:
        bar.close()
