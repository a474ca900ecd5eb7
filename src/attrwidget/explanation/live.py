"""What every part of a live explanation reads from: the trace and its reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.presentation import Presentation

if TYPE_CHECKING:
    from attrwidget.engine.trace import Trace
    from attrwidget.results.computed import ComputedReading
    from attrwidget.results.live import LiveReading


class ComputedPresentation(Presentation):
    """The presentation of a reading that is computed when it is asked for."""

    reading: ComputedReading


class LivePresentation(ComputedPresentation):
    """The presentation of a trace whose model is at hand."""

    reading: LiveReading

    def __init__(self, reading: LiveReading) -> None:
        super().__init__(reading)

    @property
    def trace(self) -> Trace:
        """The forward pass that all numbers are read from, with the model; methods are functions of it."""
        return self.reading.trace
