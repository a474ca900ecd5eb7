"""The widget: traits, messages and packing. docs/protocol.md describes what passes between Python and the page."""

from attrwidget.widget.display import widget_bundle
from attrwidget.widget.widget import ExplanationWidget, SelectionError

__all__ = ["ExplanationWidget", "SelectionError", "widget_bundle"]
