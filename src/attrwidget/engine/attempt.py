"""Try what a model of an unknown kind may not be able to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from attrwidget.hf.model_errors import is_out_of_memory

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# What a model of an unknown kind may raise while it is tried; NotImplementedError is a RuntimeError.
TRIAL_FAILURES = (RuntimeError, ValueError, TypeError, AttributeError, LookupError, AssertionError)


def attempt(run: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """Return what *run* returns, or the error that it raises twice.

    An error that does not come again says nothing about the model. Errors of memory are raised: they pass too.
    """
    for last in (False, True):
        try:
            return run(), None
        except TRIAL_FAILURES as error:
            if is_out_of_memory(error):
                raise
            if last:
                return None, error
    raise AssertionError
