"""What whoever serves an app allows its visitors, in all that runs in their kernels; by default, anything."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARIABLE = "ATTRWIDGET_LIMITS"


class Limits(NamedTuple):
    """The most that is allowed; None allows any number.

    Attributes:
        characters: The longest text.
        new_tokens: The most tokens of an answer.
    """

    characters: int | None = None
    new_tokens: int | None = None

    def announce(self) -> None:
        """Set them for this process and for the kernels that it starts."""
        os.environ[_VARIABLE] = json.dumps(self)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Set them for what this thread does inside the block."""
        before = _applied.set(self)
        try:
            yield
        finally:
            _applied.reset(before)


_applied: ContextVar[Limits | None] = ContextVar("applied limits", default=None)


def limits() -> Limits:
    """Return the limits of this thread, or else those of this process."""
    return _applied.get() or Limits(*json.loads(os.environ.get(_VARIABLE, "[]")))


def require_short(characters: int) -> None:
    """Raise AttrWidgetError if a text has more *characters* than are allowed."""
    most = limits().characters
    if most is not None and characters > most:
        raise AttrWidgetError(f"The text is too long for this app: it takes up to {most:,} characters.")


def allowed_tokens(kept: int, count: int) -> int:
    """Return how many of *count* tokens may be written after *kept* ones.

    Raises:
        AttrWidgetError: *kept* are too many themselves.
    """
    most = limits().new_tokens
    if most is None:
        return count
    if kept > most:
        raise AttrWidgetError(f"The answer is too long for this app: it writes up to {most:,} tokens.")
    return min(count, most - kept)
