"""Compare the scores of a model in half precision with those of a float32 copy of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import lock_of, own_precision
from attrwidget.hf.model_errors import RAISED, is_out_of_memory
from attrwidget.methods.request.normalize import normalize_rows
from attrwidget.methods.request.units import units_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.cache import ScoreCache
    from attrwidget.methods.request.make import Request

_STEPS = 2  # compared, at most
_UNITS = 8  # of the largest scores, which are compared where each unit takes a run of its own
_ONE_RUN_EACH = "leave_one_out"
_MUCH = 0.1  # of a row's L1 norm
ROUNDING = 10  # times what a sum should be: then that is about 0, and a share of it says nothing


@dataclass(frozen=True)
class Compared:
    """The scores of a few steps, in the model's precision and in float32.

    Attributes:
        precision: The name of the model's precision.
        scores: Which scores were compared, in words.
        moved: The L1 distance of the steps' scores from those in float32, as a share of the latter's L1 norm.
        first: The labels of the input with the largest score at the step where that differs: here, and in float32.
    """

    precision: str
    scores: str
    moved: float
    first: tuple[str, str] | None

    @property
    def matters(self) -> bool:
        """Whether rounding changes what is first, or the scores by much."""
        return self.first is not None or self.moved > _MUCH

    def __str__(self) -> str:
        if self.moved > ROUNDING:
            return f"{self.scores} are about 0 in float32, and what {self.precision} gives is rounding: trust none."
        moved = f"{self.precision} moves {self.scores} by {_percent(self.moved)} against a float32 copy"
        if self.first is not None:
            here, there = self.first
            return f"{moved}, which puts {there!r} first where this puts {here!r}: load the model with dtype='float32'."
        if self.matters:
            return f"{moved}, and the same input stays first: load the model with dtype='float32'."
        return f"{moved}, and the same input stays first"


def note_on_precision(
    request: Request, trace: Trace, cache: ScoreCache, steps: Sequence[int]
) -> Compared | str | None:
    """Return how far the finished rows of *steps* are from float32, or a phrase on why that is not known, or None.

    A method that is computed, not read, is compared once for each text and target function, at the first steps that are
    asked for.
    """
    method = request.method
    if not trace.is_half or method.package is not None or method.attention or not steps:
        return None
    key = ("precision", method.name, request.target.function)
    with lock_of(trace.model.hf):
        if key not in trace.partial_results:
            rows = cache.finished(request, steps[:_STEPS])
            if rows is None:
                return None
            trace.partial_results[key] = _compare(request, trace, list(steps[:_STEPS]), rows)
        found: Compared | str = trace.partial_results[key]
        return found


@own_precision()
def _compare(request: Request, trace: Trace, steps: list[int], rows: NDArray[np.floating]) -> Compared | str:
    from attrwidget.engine.memory import float32_fits  # imports torch, which opening a file must not

    precision = str(trace.model.hf.dtype).removeprefix("torch.")
    if not float32_fits(trace.model, trace.n_inputs):
        return f"{precision} was not compared with float32, for which there is not enough memory"
    options = _fewer_units(request, trace, rows)
    try:
        full = trace.model.in_float32()
        truth = None if full is None else _rows(request, trace.again(full), steps, options)
    except (AttrWidgetError, MemoryError, *RAISED) as error:
        if is_out_of_memory(error):
            return f"{precision} was not compared with float32, for which there is not enough memory"
        truth = None
    if truth is None:
        return f"{precision} was not compared with float32, in which a copy of the model does not run"
    return _difference(request, trace, precision, steps, (rows, truth))


def _rows(
    request: Request, trace: Trace, steps: list[int], options: Mapping[str, Any]
) -> NDArray[np.floating]:
    """Return the rows of *steps* by *trace*, without anything that is kept."""
    found: dict[int, NDArray[np.floating]] = {}
    for chunk in request.compute(trace, steps, options):
        if isinstance(chunk[0], list):
            found.update(zip(chunk[0], chunk[1], strict=True))
    return np.stack([found[step] for step in steps])


def _fewer_units(request: Request, trace: Trace, rows: NDArray[np.floating]) -> Mapping[str, Any]:
    """Return the options of *request*, with few units where each takes a run of its own."""
    if not request.method.name.startswith(_ONE_RUN_EACH):
        return request.options
    sizes = np.nan_to_num(np.abs(rows), nan=-1).max(axis=0)
    units = [unit for unit in units_of(trace, request.options["units"]) if unit[-1] - unit[0] < len(unit)]
    largest = sorted(units, key=lambda unit: -sizes[list(unit)].sum())[:_UNITS]
    return {**request.options, "units": [(unit[0], unit[-1] + 1) for unit in largest]}


def _difference(
    request: Request,
    trace: Trace,
    precision: str,
    steps: list[int],
    pair: tuple[NDArray[np.floating], NDArray[np.floating]],
) -> Compared:
    known = np.isfinite(pair[0]) & np.isfinite(pair[1])
    ours, truth = (normalize_rows(np.where(known, rows, np.nan), request.method, "auto") for rows in pair)
    moved = np.nansum(np.abs(ours - truth)) / max(float(np.nansum(np.abs(truth))), 1e-30)
    tops = [[int(np.nan_to_num(np.abs(row), nan=-1).argmax()) for row in rows] for rows in (ours, truth)]
    labels = trace.tokens.labels
    first = next(((labels[a], labels[b]) for a, b in zip(*tops, strict=True) if a != b), None)
    which = f"the {_UNITS} largest scores" if request.method.name.startswith(_ONE_RUN_EACH) else "the scores"
    ends = [request.summed[0], request.summed[-1]] if request.summed else steps
    joined = " to " if request.summed else " and "
    where = joined.join(repr(labels[trace.first_step + step]) for step in ends)
    return Compared(precision, f"{which} of {where}", float(moved), first)


def _percent(share: float) -> str:
    return "under 0.1 %" if share < 0.0005 else f"{100 * share:.2g} %"
