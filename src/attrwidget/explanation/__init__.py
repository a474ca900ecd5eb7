"""``Explanation``, what ``explain`` returns: scores by method, attention on demand, and the widget that shows them."""

from attrwidget.explanation.explanation import Explanation

__all__ = ["Explanation"]
