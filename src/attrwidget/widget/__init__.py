"""The widget: traits and messages; docs/protocol.md describes both."""

from attrwidget.widget.widget import ExplanationWidget, SelectionError

__all__ = ["ExplanationWidget", "SelectionError"]
