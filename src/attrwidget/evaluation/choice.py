"""Choose the methods and steps of an evaluation, and say beforehand how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.duration import seconds_of_batches
from attrwidget.methods.order import ON_BAR
from attrwidget.presentation import held_steps
from attrwidget.progress import announce
from attrwidget.results.choice import counted, needs_no_library, total_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from attrwidget.explanation import Explanation
    from attrwidget.results.base import MethodInfo, Reading
    from attrwidget.results.live import LiveReading

_STEPS = 3


def methods_to_judge(reading: Reading, names: Any, *, everything: bool) -> list[MethodInfo]:
    """Return the methods called *names*; by default those on the toolbar, or all that need no other library."""
    if names is None:
        own = [info for info in reading.methods() if needs_no_library(info.name)]
        return own if everything else own[:ON_BAR]
    if not names:
        raise AttrWidgetError("There is no method to evaluate: name one or more, or leave out methods=.")
    return reading.named(names)


def steps_to_judge(ex: Explanation, steps: Sequence[int] | None, *, everything: bool) -> list[int]:
    """Return *steps*, each once; by default those held in the widget, else the least likely ones, or all."""
    reading = ex.reading
    if steps is not None:
        if not len(steps):
            raise AttrWidgetError("There is no step to evaluate: name one or more, or leave out steps=.")
        reading.check_steps(steps)
        return list(dict.fromkeys(steps))
    if everything:
        return list(range(reading.n_steps))
    return held_steps(ex) or sorted(reading.steps["probability"].nsmallest(_STEPS).index)


def announce_evaluation(
    reading: LiveReading, methods: Sequence[MethodInfo], steps: Iterable[int], texts: Mapping[int, int]
) -> None:
    """Say what is computed and how long that takes: rows of *methods*, and about so many masked *texts* by step."""
    steps = list(steps)
    missing = [info for info in methods if not reading.has_rows(info.name, steps)]
    masked = sum(
        seconds_of_batches(reading.trace, count, reading.seen(step)) for step, count in texts.items()
    )
    scored = total_seconds(reading, missing, steps)
    titles = ", ".join(info.title for info in missing)
    announce(
        f"The evaluation of {counted(reading, len(steps))} "
        + (f"computes {titles} and " if missing else "")
        + f"runs about {sum(texts.values()):,} masked texts",
        None if scored is None else scored + masked,
    )


def narrowed(
    reading: Reading, methods: int, steps: int, named: object, given: Sequence[int] | None
) -> list[str]:
    """Return a sentence on what the default choice of methods and steps left out, if anything."""
    parts = []
    offered = sum(needs_no_library(info.name) for info in reading.methods())
    if given is None and steps < reading.n_steps:
        parts.append(f"{steps} of {counted(reading, reading.n_steps)}")
    if named is None and methods < offered:
        parts.append(f"{methods} of {offered} methods")
    return [f"Judged: {' and '.join(parts)}; everything=True judges all."] if parts else []
