"""Make a request: a method, the score that it explains, and the options of both, checked and hashable."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from attrwidget.errors import AttrWidgetError, did_you_mean
from attrwidget.methods.method import HeadSelection
from attrwidget.methods.registry import get
from attrwidget.methods.request.foils import find_foils
from attrwidget.methods.request.targets import Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Method, Rows
    from attrwidget.methods.request.foils import Foils


# What `scores` takes beside a method's own options: offered when an option is misspelt.
_COMMON = (
    *("normalize", "target_function", "foil", "layer", "head", "head_rule"),
    *("source_only", "through", "target", "progress"),
)


@dataclass(frozen=True)
class Request:
    """A request for rows of *method* that explain *target*; requests with the same rows have equal keys.

    *summed* are the steps whose scores are explained as one sum, if any; see ``of_sum``.
    """

    method: Method
    target: Target
    selection: HeadSelection
    options: Mapping[str, Any] = field(hash=False, compare=False)
    foils: Foils | None = field(hash=False, compare=False)
    key: tuple[Any, ...] = ()
    summed: tuple[int, ...] = ()

    def of_sum(self, steps: Sequence[int]) -> Request:
        """Return the request for one row of the sum of the scores of *steps*, which stands at the last of them.

        The method must be linear in the score.
        """
        return replace(self, summed=tuple(steps), key=(*self.key, "sum", *steps))

    def compute(self, trace: Trace, steps: Sequence[int], options: Mapping[str, Any] | None = None) -> Rows:
        """Compute the rows of *steps* of *trace*, with other *options* where they are given."""
        if self.summed:
            from attrwidget.engine.gradients.sums import SummedTrace

            trace = cast("Trace", SummedTrace(trace, self.summed))
        chosen = self.options if options is None else options
        return self.method.compute(trace, self.target, steps, self.selection, **chosen)


def make_request(
    trace: Trace,
    name: str,
    target_function: str | None = None,
    *,
    foil: Any = None,
    selection: HeadSelection | None = None,
    options: Mapping[str, Any] | None = None,
) -> Request:
    """Check the arguments of ``scores`` and make a request of them.

    Args:
        trace: The run that is explained.
        name: The method's name.
        target_function: A key of ``TARGET_FUNCTIONS``; None for the method's own.
        foil: What ``find_foils`` takes; implies the target function ``"contrast"``.
        selection: Layers and heads, for methods that read attention.
        options: The method's own options.

    Raises:
        AttrWidgetError: The model does not allow the method, or an option, foil, layer or head does not exist.
    """
    method, selection = get(name), selection or HeadSelection()
    if (refusal := method.refusal(trace)) is not None:
        raise AttrWidgetError(refusal)
    picks = method.attention or method.picks
    if not picks and (selection.layer is not None or selection.heads):
        raise AttrWidgetError(
            f"{method.title} has no layers and heads to pick: leave out layer= and head=, or take 'attention'."
        )
    options = options_of(method, options)
    target, foils = _target(trace, method, target_function, foil)
    heads = (selection.layer, selection.heads, selection.rule) if picks else ()
    return Request(method, target, selection, options, foils, key_of(method, target, options, heads))


def options_of(method: Method, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the options of *method*, those *given* and the default ones.

    Raises:
        AttrWidgetError: It has no option of such a name.
    """
    for option in given or {}:
        if option not in method.options:
            known = ", ".join(f"{o}=" for o in method.options)
            raise AttrWidgetError(
                f"{method.title} has no option {option}={did_you_mean(option, [*method.options, *_COMMON])}: "
                + (f"it has {known}." if known else "it has none.")
            )
    return {**method.options, **(given or {})}


def key_of(
    method: Method, target: Target, options: Mapping[str, Any], heads: tuple[Any, ...] = ()
) -> tuple[Any, ...]:
    """Return what is equal for requests with the same rows."""
    settings = tuple((option, _frozen(value)) for option, value in options.items())
    return method.name, method.compute, target, heads, settings


def _target(trace: Trace, method: Method, function: str | None, foil: Any) -> tuple[Target, Foils | None]:
    tokens = trace.outputs
    if method.target_function is None:
        unused = "target_function" if function is not None else "foil" if foil is not None else None
        if unused is not None:
            raise AttrWidgetError(
                f"{method.title} is read, not differentiated, so {unused}= has no meaning for it: leave it out."
            )
        return Target("log_prob", tokens), None
    if function == "distribution" and foil is None:
        return _distribution(trace, method), None
    if foil is None:
        wanted = function or default_function(trace, method)
        if trace.output_kind == "number" and wanted != "logit":
            raise AttrWidgetError(
                f"{trace.model.name} predicts numbers, which have no {wanted}: take target_function='logit'."
            )
        return Target(wanted, tokens, output_kind=trace.output_kind), None
    if function not in (None, "contrast"):
        raise AttrWidgetError(
            f"A foil is for the target function 'contrast', not {function!r}: leave out one of the two."
        )
    foils = find_foils(trace, foil)
    return Target("contrast", tokens, foils.ids, output_kind=trace.output_kind), foils


def default_function(trace: Trace, method: Method) -> str:
    """Return the target function that *method* explains by default: the logit where the model predicts a number."""
    return "logit" if trace.output_kind == "number" else str(method.target_function)


def _distribution(trace: Trace, method: Method) -> Target:
    from attrwidget.methods.request.distribution import reference_of

    if method.distribution is None:
        raise AttrWidgetError(
            f"{method.title} cannot explain the whole distribution, whose gradient is zero at the text itself: take "
            "'saliency', 'integrated_gradients' or 'leave_one_out', or another target_function=."
        )
    if trace.output_kind != "softmax":
        raise AttrWidgetError(
            f"{trace.model.name} gives no distribution over its outputs: leave out target_function='distribution'."
        )
    return Target("distribution", trace.outputs, None, reference_of(trace), method.distribution == "gradient")


def _frozen(value: Any) -> Any:
    """Return *value* as something hashable: arrays and tensors by their contents."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().double().numpy()
    if isinstance(value, np.ndarray):
        digest = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return value.shape, str(value.dtype), digest
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value
