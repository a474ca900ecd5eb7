"""What a notebook gets of a widget: the live view, and text for pages without a kernel."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attrwidget.widget.widget import ExplanationWidget

logger = logging.getLogger(__name__)

_PATIENCE = 1.0  # seconds that a display waits for scores; the live view can say how far they are


def widget_bundle(widget: ExplanationWidget, **options: Any) -> Any:
    """Return the MIME bundle of *widget*: the live view, with ``text/html`` and ``text/plain`` beside it.

    For ``_repr_mimebundle_``: ``(data, metadata)``. A widget that was closed has no live view any more.
    """
    if widget.comm is None:
        return still(widget), {}
    return widget._repr_mimebundle_(**options)


def still(widget: ExplanationWidget) -> dict[str, str]:
    """Return what is shown where the live view cannot be: ``text/html`` and ``text/plain``."""
    from attrwidget.still.static_html import to_fallback_html

    explanation, options = widget.explanation, widget.options
    selection = {"layer": widget.layer, "heads": widget.heads, "head_rule": options["head_rule"]}
    steps = widget.held if widget.prepare(_PATIENCE) else []
    try:
        html = to_fallback_html(
            explanation, widget.method, steps, span_rule=options["span_rule"], **selection
        )
    except Exception:  # the live view will say what is wrong
        logger.exception("the scores for the still picture could not be read")
        html = to_fallback_html(explanation, widget.method, [])
    return {"text/html": html, "text/plain": repr(explanation)}
