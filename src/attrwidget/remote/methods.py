"""The methods that need no more of a model than the log-probability of its answer after changed prompts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from attrwidget.methods.external.lime import LIME
from attrwidget.methods.external.shap import SHAP
from attrwidget.methods.leave_one_out import LEAVE_ONE_OUT_DELETED
from attrwidget.methods.request.units import units_of
from attrwidget.methods.shared.notes import join_notes, note_on_units
from attrwidget.methods.span_regression import HELD_OUT, SPAN_REGRESSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Method

    Count = Callable[[Trace, Mapping[str, Any], Sequence[int]], int]


def _note(trace: Trace, options: Mapping[str, Any]) -> str | None:
    """Return a note on the units, and on what stays where many are deleted at once."""
    kept = "the first token and the answer's own words always stay"
    if trace.tokens.special[0]:
        kept = "special tokens and the answer's own words always stay"
    return join_notes(note_on_units(trace, options), kept, _split_note(trace))


def _alone_note(trace: Trace, options: Mapping[str, Any]) -> str | None:
    """Return a note on the units, each of which is left out alone."""
    return join_notes(note_on_units(trace, options), _split_note(trace))


def _split_note(trace: Trace) -> str | None:
    """Return how many changed texts the server split otherwise, if there were any."""
    count = trace.perturber("delete").split_otherwise  # type: ignore[attr-defined]  # it is a RemotePerturber
    if not count:
        return None
    return f"{count} changed text{'s' if count > 1 else ''} had the answer in other tokens, whose parts were added up"


_LEAVE_ONE_OUT = replace(
    LEAVE_ONE_OUT_DELETED,
    name="leave_one_out",
    title="Leave one out",
    description="fall of {target} when a word is deleted, shared by its tokens",
    formula="s(x) − s(x without unit j)",
    cost="one request per word for all steps together",
    options={"units": "word"},
    note=_alone_note,
)
_SPAN_REGRESSION = replace(
    SPAN_REGRESSION,
    compute=partial(SPAN_REGRESSION.compute, change="delete"),
    options={name: value for name, value in SPAN_REGRESSION.options.items() if name != "change"},
    description=f"{SPAN_REGRESSION.description}, the others deleted",
    cost="80 requests for all steps together",
    needs=(),
    note=_note,
)
_LIME = replace(
    LIME,
    description=f"{LIME.description}, the others deleted",
    cost="501 requests for all steps together",
    needs=(),
    note=_note,
)
_SHAP = replace(
    SHAP,
    description="SHAP values of {target} (Partition explainer), inputs deleted",
    cost="some 500 requests per generated token",
    needs=(),
    options={**SHAP.options, "units": "word"},
    note=_note,
)

METHODS: dict[str, Method] = {
    method.name: method for method in (_LEAVE_ONE_OUT, _SPAN_REGRESSION, _LIME, _SHAP)
}
"""By name; the default one first."""

_REQUESTS: dict[str, Count] = {
    "leave_one_out": lambda trace, options, steps: sum(
        # Steps inside a unit are asked for one by one, after what is left before them.
        1 + max(0, unit[-1] - max(unit[0], trace.first_step))
        for unit in units_of(trace, options["units"])
        if unit[0] < trace.seen(max(steps))
    ),
    "span_regression": lambda _trace, options, _steps: int(options["samples"]) + HELD_OUT,
    "lime": lambda _trace, options, _steps: int(options["samples"]) + 1,
    "shap": lambda _trace, options, steps: int(options["evaluations"]) * len(steps),
}


def requests_of(trace: Trace, name: str, options: Mapping[str, Any], steps: Sequence[int]) -> int:
    """Return how many requests the method *name* sends for *steps* at most, where nothing is known."""
    return _REQUESTS[name](trace, options, steps) if len(steps) else 0
