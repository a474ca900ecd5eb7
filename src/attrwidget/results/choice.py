"""Choose the methods that a file carries, and say beforehand what must be computed for them."""

from __future__ import annotations

from contextlib import contextmanager
from math import isinf
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.methods import get
from attrwidget.methods.registry import is_registered
from attrwidget.progress import announce, duration, progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.progress import Progress
    from attrwidget.results.base import MethodInfo, Reading

_USUAL = ("leave_one_out", "gim", "saliency", "input_x_gradient", "cross_attention", "attention")
_LONG = 60.0  # seconds of what is computed without being asked for by name


def methods_of_file(
    reading: Reading,
    names: str | Sequence[str] | None,
    shown: Sequence[str] = (),
    *,
    everything: bool = False,
) -> list[MethodInfo]:
    """Return the methods called *names*; by default those *shown*, those computed already, and the usual ones.

    Without a method that is *shown*, it is the first. Usual ones are left out where all together take over a minute.
    *everything* adds all that need no other library.
    """
    if names is not None and everything:
        raise AttrWidgetError("methods= and everything=True exclude each other: give one of them.")
    if names is not None:
        return reading.named(names)
    infos, steps = reading.methods(), range(reading.n_steps)
    if everything:
        return [info for info in infos if needs_no_library(info.name) or reading.has_rows(info.name, steps)]
    first = shown or [info.name for info in infos[:1]]
    kept = {info.name for info in infos if info.name in first or reading.has_rows(info.name, steps)}
    spare = _LONG
    usual = [info.name for info in infos if info.name in _USUAL and info.name not in kept]
    for name, seconds in sorted(((name, reading.seconds(name, steps)) for name in usual), key=_by_time):
        if seconds is not None and seconds <= spare:
            kept.add(name)
            spare -= seconds
    return [info for info in infos if info.name in kept]


def _by_time(named: tuple[str, float | None]) -> float:
    return named[1] or 0.0


def too_long_for_file(reading: Reading, carried: Sequence[MethodInfo]) -> list[str]:
    """Return a sentence that names the usual methods left out because they would take long, if there are any."""
    names, steps = {info.name for info in carried}, range(reading.n_steps)
    gone = [info for info in reading.methods() if info.name in _USUAL and info.name not in names]
    times = [(info.title, reading.seconds(info.name, steps)) for info in gone]
    told = [f"{title} ({duration(seconds)})" for title, seconds in times if seconds is not None]
    sentence = f"Not in this file, because they take long: {', '.join(told)}; methods= takes them in."
    return [sentence] if told else []


def needs_no_library(name: str) -> bool:
    """Return whether the method *name* is computed without another library."""
    return is_registered(name) and get(name).package is None


@contextmanager
def announced_work(
    reading: Reading,
    methods: Sequence[MethodInfo],
    progress: Progress | None,
    file: str,
    *,
    heads: bool = False,
) -> Iterator[Progress]:
    """Say what *file* needs computed and how long that takes, and draw a bar; *progress* takes the place of both.

    *heads*: Whether it also needs what each head gives.
    """
    if progress is not None:
        yield progress
        return
    steps = range(reading.n_steps)
    missing = [info for info in methods if not reading.has_rows(info.name, steps)]
    titles = [info.title for info in missing]
    seconds, more = total_seconds(reading, missing, steps), reading.given_seconds(steps) if heads else 0.0
    if more > 0:
        titles.append("what each head gives")
    work = f"{file} needs {', '.join(titles)} for {counted(reading, len(steps))}"
    announce(work, None if seconds is None or isinf(more) else seconds + more)
    with progress_bar(file, "row of scores") as bar:
        yield bar


def total_seconds(reading: Reading, methods: Sequence[MethodInfo], steps: Sequence[int]) -> float | None:
    """Return about how long *methods* take for *steps*; None if that is not known of one of them."""
    each = [reading.seconds(info.name, steps) for info in methods]
    known = [seconds for seconds in each if seconds is not None]
    return sum(known) if len(known) == len(each) else None


def counted(reading: Reading, steps: int) -> str:
    """Return how many steps there are, such as "3 tokens"."""
    one, several = reading.step_noun
    return f"{steps} {one if steps == 1 else several}"
