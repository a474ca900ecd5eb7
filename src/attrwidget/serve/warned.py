"""Record the warnings of a piece of work, for the client whose work it is."""

from __future__ import annotations

import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def recorded_warnings() -> Iterator[list[str]]:
    """Give the warnings that this thread raises inside the block: those of another may be of another client's text."""
    found: list[str] = []
    mine = threading.get_ident()
    with warnings.catch_warnings(action="always", category=UserWarning):
        shown = warnings.showwarning

        def record(message: Warning | str, category: type[Warning], *where: Any, **options: Any) -> None:
            if threading.get_ident() != mine:
                shown(message, category, *where, **options)
            elif issubclass(category, UserWarning):
                found.append(str(message))

        warnings.showwarning = record
        yield found
