"""Order the methods that are offered for one explanation: the default one first, then the others of the bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.methods.duration import seconds_of_passes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Method

ON_BAR = 4  # how many methods stand on the toolbar; the others are in a list beside it

# By benchmarks/faithfulness.md: what puts the inputs that decide first, for each kind of model.
_WRITER = ("leave_one_out", "gim", "saliency", "attention")
_WRITER_OF_LONG_TEXT = ("gim", "saliency", "leave_one_out", "attention")
_TRANSLATOR = ("saliency", "leave_one_out", "cross_attention", "attention")
_ENCODER = ("saliency", "leave_one_out", "gim", "attention")


def in_order(trace: Trace, methods: Iterable[Method]) -> list[Method]:
    """Return *methods* with the default one of *trace* first and those of the bar after it."""
    wanted = _wanted(trace)
    found = sorted(methods, key=lambda one: wanted.index(one.name) if one.name in wanted else len(wanted))
    if trace.capabilities.gradients_note is not None:
        found.sort(key=lambda one: not one.name.startswith("leave_one_out"))
    return found


def _wanted(trace: Trace) -> tuple[str, ...]:
    if not trace.writes_text:
        return _ENCODER
    if trace.model.encoder_decoder:
        return _TRANSLATOR
    return _WRITER if _is_quick(trace) else _WRITER_OF_LONG_TEXT


def _is_quick(trace: Trace) -> bool:
    """Return whether leaving one out takes about a second at the first step, by the sizes of model and text."""
    return seconds_of_passes(trace, trace.seen(0), trace.seen(0)) <= 1
