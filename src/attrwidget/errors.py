"""Exceptions, and helpers that write parts of their sentences."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class AttrWidgetError(ValueError):
    """A mistake that the user can correct; ``str(error)`` is one sentence with what was wrong and what to do.

    Example:
        >>> try:
        ...     ex.scores("salience")
        ... except aw.AttrWidgetError as error:
        ...     print(error)
    """


class Cancelled(Exception):  # noqa: N818 - like KeyboardInterrupt, it reports a wish and not a fault
    """Raise this in a progress callback to stop long work; finished rows are kept.

    Example:
        >>> def report(done, total):
        ...     if stop_button.pressed:
        ...         raise aw.Cancelled
    """


def first_line(error: BaseException) -> str:
    """Return the first line of *error*'s text without its full stop, for the end of a sentence.

    Of a sentence that says what another error meant, the other error's.
    """
    if isinstance(error, AttrWidgetError) and error.__cause__ is not None:
        return first_line(error.__cause__)
    return str(error).strip().split("\n")[0].rstrip(". ") or type(error).__name__


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return ``" (did you mean 'saliency'?)"`` when one of *known* is spelt much like *name*, else ``""``."""
    close = get_close_matches(str(name), list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
