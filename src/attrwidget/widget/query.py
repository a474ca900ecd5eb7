"""What a request of a page is, and the checks that several share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.errors import AttrWidgetError
from attrwidget.page.checks import NO_MODEL, check_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.results.contrast import Contrasts

TOO_MANY = "{} steps are too many for one answer: ask for at most {} at once."
ONE_STEP = "A foil belongs to one step: ask for that one, not for {}."


class Answer(NamedTuple):
    """Fields and one buffer to send back, and the reading to show from now on, if it is another."""

    meta: dict[str, Any]
    buffer: bytes
    reading: Reading | None = None


class Query(NamedTuple):
    """A checked request.

    Attributes:
        cost: How many steps must first be computed.
        answer: Computes the answer. An exception raised in its progress callback stops it; called again, it goes on
            from the rows that were finished.
        at_once: Whether what is known already answers it, so that it need not wait for work that is under way.
    """

    cost: int
    answer: Callable[[Progress], Answer]
    at_once: bool = False


def steps_of(reading: Reading, value: Any) -> list[int]:
    """Return steps in the order asked for, which is that of the answer's rows."""
    check_steps(reading, value)
    steps = [int(s) for s in value]
    if not steps:
        raise AttrWidgetError("No steps were asked for: name at least one.")
    return steps


def contrasts_of(reading: Reading) -> Contrasts:
    """Return the scores against foils; raise AttrWidgetError where there is no model."""
    if reading.contrasts is None:
        raise AttrWidgetError(NO_MODEL)
    return reading.contrasts
