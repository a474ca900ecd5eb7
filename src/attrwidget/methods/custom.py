"""A method of one's own: one decorated function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.registry import Method, all_methods, register

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.registry import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target

    Function = Callable[[Trace, Target, Sequence[int]], Any]

_own: set[str] = set()


def method(
    name: str,
    *,
    title: str | None = None,
    signed: bool = False,
    target_function: str = "log_prob",
    formula: str = "",
    source: str = "",
) -> Callable[[Function], Function]:
    """Make the decorated ``f(trace, target, steps) -> rows`` a method like the others, in the widget too.

    *rows* are array-like, ``[len(steps), trace.n_inputs]``; what is no input of a step is ignored. Without *signed*,
    they are magnitudes, shown as shares. ``trace`` has the model (``trace.model.hf``), ``tokens``, ``seen(step)``,
    ``attention`` and ``gradients(steps, target)``; ``target(logits, steps)`` is the score to explain, of
    *target_function* unless another is asked for. The docstring's first line says in the footer what is shown.
    Raises AttrWidgetError for the name of a method that is built in.
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise AttrWidgetError(f"A method's name is a word like 'my_method', not {name!r}.")
    if name not in _own and name in [known.name for known in all_methods()]:
        raise AttrWidgetError(f"There is a method {name!r} already: give yours another name.")

    def add(function: Function) -> Function:
        def compute(trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
            given = function(trace, target, list(steps))
            yield list(steps), _rows(trace, steps, given, name)

        shown = title or name.replace("_", " ").capitalize()
        first_line = (function.__doc__ or shown).strip().splitlines()[0].rstrip(".")
        register(
            Method(
                name=name,
                title=shown,
                description=first_line.replace("{", "{{").replace("}", "}}"),
                formula=formula,
                cost="your own",
                source=source or f"{function.__module__}.{function.__qualname__}",
                compute=compute,
                distribution="change",
                signed=signed,
                target_function=target_function,
                needs=(),
            )
        )
        _own.add(name)
        return function

    return add


def _rows(trace: Trace, steps: Sequence[int], given: Any, name: str) -> np.ndarray[Any, Any]:
    if hasattr(given, "detach"):
        given = given.detach().cpu().double().numpy()
    try:
        rows = np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise AttrWidgetError(
            f"The method {name!r} must return numbers, not {type(given).__name__}."
        ) from error
    if rows.shape != (len(steps), trace.n_inputs):
        raise AttrWidgetError(
            f"The method {name!r} returned rows of shape {list(rows.shape)}: {[len(steps), trace.n_inputs]} is needed, "
            "a row for each step and a number for each input."
        )
    for row, step in zip(rows, steps, strict=True):
        row[trace.seen(step) :] = np.nan
    return rows
