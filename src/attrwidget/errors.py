"""What can go wrong, in sentences."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class AttrWidgetError(ValueError):
    """A mistake that a sentence can mend; ``str(error)`` is that sentence."""


class Cancelled(Exception):  # noqa: N818 - like KeyboardInterrupt, it reports a wish and not a fault
    """Raised inside a progress callback to stop long work; whatever was finished is kept."""


def first_line(error: BaseException) -> str:
    """Return what *error* says, for the end of a sentence: its first line without a full stop."""
    return str(error).strip().split("\n")[0].rstrip(". ") or type(error).__name__


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return ``" (did you mean 'saliency'?)"`` when one of *known* is spelt much like *name*, else ``""``."""
    close = get_close_matches(str(name), list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
