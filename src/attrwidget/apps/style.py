"""The app's look, in the host's own colours, so that it follows light and dark."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

STYLE = """<style>
.attrwidget-app { gap: 0.5rem; padding: 0.25rem; overflow: visible; }
.attrwidget-app .widget-label { height: auto; line-height: 1.45; white-space: normal; }
.attrwidget-app > .attrwidget-title { font-size: 1.6rem; font-weight: 600; color: var(--jp-ui-font-color1); }
.attrwidget-app > .attrwidget-welcome { font-size: 0.95rem; max-width: 46rem; margin-bottom: 0.5rem; }
.attrwidget-app .attrwidget-hint { color: var(--jp-ui-font-color1); opacity: 0.85; }
.attrwidget-app .widget-inline-hbox > .widget-label { text-align: left; width: 5.5rem; }
body[data-jp-theme-light="false"] .attrwidget-app select { background-image: url("data:image/svg+xml,\
%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18'%3E\
%3Cpath d='M5.2 5.9 9 9.7l3.8-3.8L14 7.1l-5 4.9-5-4.9z' fill='%23ddd'/%3E%3C/svg%3E"); }
.attrwidget-app textarea { font: 1rem/1.4 var(--jp-ui-font-family); }
.attrwidget-examples, .attrwidget-buttons { flex-wrap: wrap; align-items: center; gap: 0.25rem 0.5rem; }
.attrwidget-examples { padding-left: 6rem; }
.attrwidget-chat { flex-wrap: wrap; align-items: center; gap: 0 1rem; padding-left: 6rem; overflow: visible; }
.attrwidget-examples .jupyter-button { width: auto; border-radius: 1rem; font-size: 0.8rem; }
.attrwidget-app > .attrwidget-message {
  padding: 0.6rem 0.8rem; border-radius: 0.3rem; color: var(--jp-ui-font-color1);
  border: 1px solid var(--jp-error-color1); border-left-width: 4px;
}
.attrwidget-app > .attrwidget-address { display: none; }
.attrwidget-result { margin-top: 0.75rem; overflow: visible; }
</style>"""


def show(widget: widgets.Widget, *, shown: bool) -> None:
    """Show or hide a widget."""
    widget.layout.display = None if shown else "none"


def label(text: str, name: str) -> widgets.Label:
    """Return a label, which reaches the page as text and never as markup."""
    return classed(widgets.Label(text), name)


def wide() -> widgets.Layout:
    """Return the layout of a field as wide as the page."""
    return widgets.Layout(width="100%")


def classed(widget: Any, name: str) -> Any:
    """Give *widget* a CSS class of the app; return it."""
    widget.add_class(f"attrwidget-{name}")
    return widget
