"""Open a saved explanation without its model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.files import read_whole
from attrwidget.formats.container import unpack
from attrwidget.formats.read.open import read_saved

if TYPE_CHECKING:
    import os

    from attrwidget.saved import SavedExplanation


def open(path: str | os.PathLike[str]) -> SavedExplanation:  # noqa: A001 - attrwidget.open, like Image.open
    """Open what ``ex.save(path)`` wrote. Needs neither the model nor torch, and runs no code of the file.

    Args:
        path: The file.

    Returns:
        The explanation. It shows, prints, exports and answers like the live one; what ``aw.self_explain`` made comes
        back with its claims.

    Raises:
        AttrWidgetError: The file is missing, of another kind, of a newer version, cut short or altered.

    Example:
        >>> aw.open("why.attrwidget").scores("saliency")
    """
    document, arrays = unpack(read_whole(path), str(path))
    try:
        if "self_explanation" in document:
            from attrwidget.self_explanation.saved import read_self_explanation

            return read_self_explanation(document)
        return read_saved(document, arrays)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, MemoryError) as error:
        raise AttrWidgetError(f"{path} holds no valid explanation: save it again with ex.save().") from error
