"""One run of one model over one text, and what can be read from it: one class for each kind of model."""

from attrwidget.trace.base import Trace

__all__ = ["Trace"]
