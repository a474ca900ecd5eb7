"""Progress of long work, shown where the user is: a notebook or a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Progress = Callable[[int, int], None]  # called with (done, total)

_check: ContextVar[Callable[[], object] | None] = ContextVar("check", default=None)

INSTANT = 1.0  # seconds that nobody needs to be told of
_DELAY = 1.0  # seconds before a bar appears; most work is over by then


@contextmanager
def stoppable(check: Callable[[], object]) -> Iterator[None]:
    """Call *check* often while the block works, even between two layers of a model; what it raises ends the work."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


def is_stoppable() -> bool:
    """Return whether this work is inside ``stoppable``."""
    return _check.get() is not None


def may_stop() -> None:
    """End the work here if whoever waits for it wishes so; see ``stoppable``."""
    check = _check.get()
    if check is not None:
        check()


def reporting(progress: Progress | None) -> Progress:
    """Return *progress*, or where nobody counts, what only lets the work be stopped."""
    return progress or (lambda _done, _total: may_stop())


def part_of(progress: Progress, before: int, size: int, total: int) -> Progress:
    """Return the progress of a part of *size* that comes after *before* of *total*, whatever the part itself counts.

    A part that counts no more than *size* counts what is missing: the rest was known.
    """

    def report(done: int, of: int) -> None:
        inside = size - of + done if of <= size else size * done // of
        progress(before + inside, total)

    return report


def announce(work: str, seconds: float | None) -> None:
    """Print, where a progress bar would be, what *work* is to be done and about how long it takes, unless it is short.

    Args:
        work: A sentence without its end.
        seconds: How long it takes where nothing else runs; None where that is not known.
    """
    if seconds is None:
        print(f"{work}, which may take long. {_KEPT}", file=sys.stderr)  # noqa: T201
    elif seconds > INSTANT:
        print(f"{work}, which takes about {duration(seconds)} on an idle machine. {_KEPT}", file=sys.stderr)  # noqa: T201


def duration(seconds: float) -> str:
    """Return *seconds* as a person says them: "40 s", "3 min"."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


_KEPT = "Ctrl-C stops it; what is finished is kept for the next time."


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
        bar.total = bar.n  # in a notebook, a bar that is closed before its end stays, in red
    finally:
        bar.close()
