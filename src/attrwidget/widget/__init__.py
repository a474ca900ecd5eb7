"""The widget: traits, messages and packing. docs/protocol.md describes what passes between Python and the page."""

from attrwidget.widget.widget import ExplanationWidget, SelectionError

__all__ = ["ExplanationWidget", "SelectionError"]
