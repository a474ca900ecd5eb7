"""Turn what a model raises while it runs into one sentence."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError, Cancelled, first_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

# What a model of an unknown kind may raise, for want of a library too; NotImplementedError is a RuntimeError.
RAISED = (
    *(RuntimeError, ValueError, TypeError, AttributeError, LookupError, AssertionError, ArithmeticError),
    ImportError,
)


NO_MEMORY = "This takes more memory than there is here: take a shorter text or a smaller model."


@contextmanager
def model_errors(model: torch.nn.Module, doing: str) -> Iterator[None]:
    """Raise AttrWidgetError, from the original, for what *model* raises inside the block while *doing* something.

    Errors of memory and of changed weights, and those that are sentences already, pass.
    """
    try:
        yield
    except (AttrWidgetError, Cancelled):
        raise
    except RAISED as error:
        if is_out_of_memory(error) or weights_were_changed(error):
            raise
        raise AttrWidgetError(model_error(type(model).__name__, doing, error)) from error


def model_error(name: str, doing: str, error: BaseException) -> str:
    """Return the sentence for an *error* that the model class *name* raised while *doing* something."""
    return f"{name} failed when it {doing}, with {type(error).__name__}: {first_line(error)}."


def weights_were_changed(error: BaseException) -> bool:
    """Return whether torch raised *error* because weights were written to after the forward pass."""
    return "modified by an inplace operation" in str(error)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether *error* means that torch ran out of memory, on a GPU or a CPU."""
    torch = sys.modules.get("torch")
    said = (
        "DefaultCPUAllocator: can't allocate memory",
        "Cannot allocate memory",
    )  # the second, of a file mapped
    raised = (MemoryError, *((torch.OutOfMemoryError,) if torch else ()))
    return isinstance(error, raised) or any(text in str(error) for text in said)
