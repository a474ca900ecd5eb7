"""One teacher-forced run of one model over one text, and what can be read from it."""

from attrwidget.trace.trace import Trace

__all__ = ["Trace"]
