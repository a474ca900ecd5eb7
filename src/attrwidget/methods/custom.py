"""Register a method of one's own: one decorated function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.method import NEEDS, Method
from attrwidget.methods.registry import is_registered, register

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from attrwidget.engine.trace import Trace as EngineTrace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.public_trace import Trace
    from attrwidget.methods.request.targets import Target

    Function = Callable[[Trace, Target, list[int]], ArrayLike]

_modules: dict[str, str] = {}  # by name of method: the module that may register it anew


def register_method(
    name: str,
    *,
    title: str | None = None,
    signed: bool = False,
    target_function: str = "log_prob",
    needs: Sequence[str] = (),
    formula: str = "",
    cost: str = "not stated",
    source: str = "",
) -> Callable[[Function], Function]:
    """Register the decorated function as a method, which ``scores``, the widget and ``evaluate`` then take like others.

    The function is called as ``function(trace, target, steps)`` with a ``Trace``, a ``Target`` and a list of steps. It
    returns array-like rows ``[len(steps), trace.n_inputs]``; scores of tokens that a step does not see are ignored.
    The ``Target`` is the score to explain: ``target(logits, steps)``. The footer shows the first line of the function's
    docstring.

    A package offers its methods to every session by an entry point that names the module with the decorated function,
    imported when methods are first listed. In its ``pyproject.toml``::

        [project.entry-points."attrwidget.methods"]
        gradient_sum = "my_package.gradient_sum"

    Args:
        name: The name that ``scores`` takes: a word like ``"gradient_sum"``.
        title: Its name on screen; by default made from *name*.
        signed: Whether scores have a sign. Without, they are magnitudes, shown as shares of each step.
        target_function: The target function unless another is asked for, such as ``"logit"``.
        needs: What the model must allow: some of ``"gradients"``, ``"attention"``, ``"interface"``, ``"masking"``,
            ``"stack"``, ``"source"`` and ``"generation"``. A model that lacks one is refused with an error.
        formula: The formula, for the list of methods.
        cost: How many forward and backward passes it takes, for the list of methods.
        source: A paper, for the list of methods; by default the function's own name.

    Returns:
        A decorator that returns the function as it is.

    Raises:
        AttrWidgetError: *name* is not a word or is taken by another method, or *needs* has an unknown item.

    Example:
        >>> import numpy as np
        >>> import attrwidget as aw
        >>> @aw.register_method("gradient_sum", title="Gradient sum", signed=True, needs=["gradients"])
        ... def gradient_sum(trace: aw.Trace, target: aw.Target, steps: list[int]) -> np.ndarray:
        ...     '''Sum of the gradient over the embedding's dimensions.'''
        ...     rows = np.zeros((len(steps), trace.n_inputs))
        ...     for chunk, gradients, scales, _embeddings in trace.gradients(steps, target):
        ...         sums = gradients.sum(-1) * scales[:, None]
        ...         for step, values in zip(chunk, sums.cpu().numpy()):
        ...             rows[steps.index(step), : len(values)] = values
        ...     return rows
        >>> explanation = aw.load("demo").explain("The first president of America is", max_new_tokens=2)
        >>> explanation.scores("gradient_sum").shape
        (2, 7)
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise AttrWidgetError(f"A method's name is a word like 'my_method', not {name!r}.")
    unknown = [need for need in needs if need not in NEEDS]
    if unknown:
        raise AttrWidgetError(f"A method cannot need {unknown[0]!r}: take some of {', '.join(NEEDS)}.")

    def add(function: Function) -> Function:
        if is_registered(name) and _modules.get(name) != function.__module__:
            raise AttrWidgetError(f"There is a method {name!r} already: give yours another name.")
        _modules[name] = function.__module__
        shown = title or name.replace("_", " ").capitalize()
        first_line = (function.__doc__ or shown).strip().splitlines()[0].rstrip(".")
        register(
            Method(
                name=name,
                title=shown,
                description=first_line.replace("{", "{{").replace("}", "}}"),
                formula=formula,
                cost=cost,
                source=source or f"{function.__module__}.{function.__qualname__}",
                compute=_computing(function, name),
                distribution="change",
                signed=signed,
                target_function=target_function,
                needs=tuple(needs),
            )
        )
        return function

    return add


def _computing(function: Function, name: str) -> Callable[..., Rows]:
    def compute(trace: EngineTrace, target: Target, steps: Sequence[int], _selection: HeadSelection) -> Rows:
        yield list(steps), _checked(trace, steps, function(trace, target, list(steps)), name)

    return compute


def _checked(trace: EngineTrace, steps: Sequence[int], given: Any, name: str) -> NDArray[np.float64]:
    """Return what the function has *given* as rows, NaN where a token is no input of the step."""
    if given is None:
        raise AttrWidgetError(f"The method {name!r} returned nothing: end it with return and its rows.")
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
        seen = row[: trace.seen(step)]
        if np.isinf(seen).any() or (len(seen) and np.isnan(seen).all()):
            what = "an infinite number" if np.isinf(seen).any() else "no number (NaN alone)"
            raise AttrWidgetError(
                f"The method {name!r} returned {what} for step {step}: it must return finite numbers, and NaN only for "
                "inputs that have no score."
            )
    return rows
