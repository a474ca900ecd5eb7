"""An explanation whose numbers were recorded: from a file, or from another library's result."""

from __future__ import annotations

from attrwidget.presentation import Presentation
from attrwidget.results.saved import SavedReading


class SavedExplanation(SavedReading, Presentation):
    """A recorded explanation, from ``attrwidget.open`` or another library's result.

    Like a live ``Explanation`` in all that it carries; asking for more raises AttrWidgetError, a sentence with what
    there is.
    """
