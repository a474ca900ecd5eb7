"""Read what was answered from a notebook: ``answers``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.teach.record import answers_in

if TYPE_CHECKING:
    import os

    from attrwidget.teach.record import Answer


def answers(path: str | os.PathLike[str]) -> dict[str, Answer]:
    """Read the answers that a notebook was saved with.

    They are outputs of plain text, so that any program reads them. Whoever hands in a file can change it: ask again
    with ``Question.mark`` where that matters.

    Args:
        path: A notebook, as it was handed in. nbgrader grades a copy in ``autograded/``, whose outputs it has cleared:
            of such a one the file of the same student in ``submitted/`` is read.

    Returns:
        For each question's name: its text, the last answer, whether it was right, and how many tries and hints it took.

    Raises:
        AttrWidgetError: The file cannot be read, or is no notebook.

    Example:
        >>> {name: answer.right for name, answer in aw.teach.answers("handed-in.ipynb").items()}
    """
    file = _handed_in(Path(path))
    try:
        notebook = json.loads(file.read_text("utf-8"))
        return answers_in(notebook)
    except OSError as error:
        raise AttrWidgetError(f"{file.name} cannot be read: {error.strerror or error}.") from None
    except (ValueError, AttributeError, TypeError):
        raise AttrWidgetError(
            f"{file.name} is no notebook: give the .ipynb file that was handed in."
        ) from None


def _handed_in(file: Path) -> Path:
    """Return the file in nbgrader's ``submitted/`` that *file*, if it lies in ``autograded/``, was copied from."""
    where = file.resolve()
    for at, folder in enumerate(where.parents):
        if folder.name == "autograded" and at > 0:
            submitted = folder.with_name("submitted") / where.relative_to(folder)
            return submitted if submitted.exists() else file
    return file
