"""Open a saved explanation without its model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.files import is_folder, read_whole
from attrwidget.formats.container import unpack
from attrwidget.formats.read.open import read_saved

if TYPE_CHECKING:
    import os


def open(path: str | os.PathLike[str]) -> Any:  # noqa: A001 - attrwidget.open, like Image.open
    """Open a saved explanation, or the folder of a data set. Needs neither the model nor torch, and runs no code of it.

    Args:
        path: A file that ``ex.save`` wrote, or a folder that ``explain_dataset`` wrote.

    Returns:
        The explanation, a ``SavedExplanation``; it shows, prints, exports and answers like the live one, and what
        ``aw.self_explain`` made comes back with its claims. Of a folder, a ``Collection``.

    Raises:
        AttrWidgetError: The file is missing, of another kind, of a newer version, cut short or altered.

    Example:
        >>> aw.open("why.attrwidget").scores("saliency")
    """
    if is_folder(path):
        from attrwidget.dataset.collection import Collection

        return Collection(Path(path).expanduser())
    document, arrays = unpack(read_whole(path), str(path))
    try:
        if "self_explanation" in document:
            from attrwidget.self_explanation.saved import read_self_explanation

            return read_self_explanation(document)
        return read_saved(document, arrays)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, MemoryError) as error:
        raise AttrWidgetError(f"{path} holds no valid explanation: save it again with ex.save().") from error
