"""Explanations outside a notebook: an offline page, a still picture, a table in a terminal."""

from attrwidget.export.fallback import to_fallback_html
from attrwidget.export.html import to_html

__all__ = ["to_fallback_html", "to_html"]
