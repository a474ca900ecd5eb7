"""Write the sentences and attributes that stand beside scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import ABOUT_ZERO, NOT_CONVERGED
from attrwidget.methods.request.precision import ROUNDING, Compared, note_on_precision
from attrwidget.methods.request.units import UNITS, units_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.cache import ScoreCache
    from attrwidget.methods.request.make import Request


CONVERGED = 0.05  # the change of a row, when points are doubled, below which it is taken to have converged
NOTHING = 1e-3  # the share of e · g that is left where the scale of an embedding changes nothing
_NAMED = 3  # steps, at most, that a sentence names
_CHANGE = "the whole distribution by its Kullback–Leibler divergence from the one at the text itself, in nats"
_STEEPEST = "the whole distribution by the change of logits that moves it most (leading Fisher direction)"


def note_on(request: Request, trace: Trace, cache: ScoreCache, steps: Sequence[int]) -> str | None:
    """Return sentences on the finished rows of *steps*, or None when there are none.

    The completeness residual is how far rows are from adding up to the change of score that they should, over all
    *steps* together; R² is the steps' mean. The base value is given for a single step.
    """
    method, rows = request.method, cache.finished(request, steps)
    precision = note_on_precision(request, trace, cache, steps)
    warned = isinstance(precision, Compared) and precision.matters
    phrases = [warning_on(request, cache, steps), str(precision) if warned else None]
    if method.note_on_rows is not None and rows is not None:
        phrases.append(method.note_on_rows(trace, steps, rows))
    phrases += [method.note(trace, request.options)] if method.note else []
    phrases.append(request.foils.note if request.foils else None)
    if request.target.reference is not None:
        phrases.append(_STEEPEST if request.target.differentiated else _CHANGE)
    base, residual, change, fit, held_out = (
        cache.figure(request, name, steps) for name in ("base", "residual", "change", "fit", "held_out")
    )
    if residual is not None and change is not None and np.abs(change).sum() > 0:
        share = np.abs(residual).sum() / np.abs(change).sum()
        phrases.append(
            f"the score changes by {np.abs(change).sum():.2g} from the baseline, which is about 0, and the scores miss "
            f"that by {np.abs(residual).sum():.2g}"
            if share > ROUNDING
            else f"completeness residual {_percent(share)}{_added_up(residual, change)}"
        )
    if base is not None and len(base) == 1:
        phrases.append(f"base value {base[0]:.3g}")
    for shares, where in ((fit, "where fitted"), (held_out, "on masks held out")):
        if shares is not None and np.isfinite(shares).any():
            phrases.append(f"R² {np.nanmean(shares):.2f} {where}")
    phrases.append(None if precision is None or warned else str(precision))
    return _joined([sentence for sentence in phrases if sentence])


def warning_on(request: Request, cache: ScoreCache, steps: Sequence[int]) -> str | None:
    """Return why the finished rows of *steps* mislead, or None."""
    moved, points, kept = (cache.figure(request, name, steps) for name in ("moved", "points", "kept"))
    if moved is not None and points is not None and moved.max() > CONVERGED:
        kept_already = request.options.get("baseline") in ("auto", "mean_keep_first")
        other = "or give more points=" if kept_already else "or baseline='mean_keep_first'"
        return (
            f"{NOT_CONVERGED}: from {points.max() / 2:.0f} to {points.max():.0f} points the scores still change by "
            f"{_percent(float(moved.max()))}, so trust none; take 'leave_one_out', {other}."
        )
    if kept is not None and kept.max() < NOTHING:
        return (
            f"{ABOUT_ZERO}: the scale of an embedding does not change the score (it is normalised first), so "
            "e · ∂s/∂e cancels to rounding; take 'input_x_gradient_l2' or 'leave_one_out'."
        )
    return None


def _added_up(residual: NDArray[np.floating], change: NDArray[np.floating]) -> str:
    """Return what a row adds up to, and what it should."""
    if len(change) > 1:
        return " of the change of the score from the baseline"
    return f": the scores add up to {change[0] + residual[0]:.3g}, and the score changes by {change[0]:.3g}"


def _joined(phrases: list[str]) -> str | None:
    """Join sentences by spaces, and phrases by commas."""
    ends = [" " if sentence.endswith((".", ";", ":")) else ", " for sentence in phrases]
    return "".join(sentence + end for sentence, end in zip(phrases, ends, strict=True)).rstrip(" ,") or None


def attributes_of(request: Request, trace: Trace, cache: ScoreCache, steps: Sequence[int]) -> dict[str, Any]:
    """Return how the finished scores of *steps* were computed, for the ``attrs`` of a table."""
    made: dict[str, Any] = {"method": request.method.name, **request.options}
    if request.method.target_function is not None:
        made["target_function"] = request.target.function
    if request.foils is not None:
        made["foil"] = list(request.foils.labels)
    base, note = cache.figure(request, "base", steps), note_on(request, trace, cache, steps)
    if base is not None:
        made["base_values"] = base.tolist()
    if note is not None:
        made["note"] = note
    return made


def unscored(request: Request, trace: Trace, rows: NDArray[np.floating], steps: Sequence[int]) -> str | None:
    """Return a sentence on the *steps* that have no score because they see a single unit, or None.

    *rows* are the scores of *steps*.
    """
    if not request.method.name.startswith("leave_one_out") or not np.isnan(rows).all(axis=1).any():
        return None
    which = request.options["units"]
    first = min(unit[0] for unit in units_of(trace, which))
    empty = [
        step
        for step, row in zip(steps, rows, strict=True)
        if np.isnan(row).all() and trace.seen(step) > first
    ]
    if not empty:
        return None
    name = which if isinstance(which, str) else "span"
    labels = [repr(trace.tokens.labels[trace.first_step + step]) for step in empty]
    where = ", ".join(labels[:_NAMED]) + (f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else "")
    left = "nothing is left to read"
    if trace.needs_end:
        left = "the text has no end, at which its class is read"
    elif trace.writes_text:
        left = f"nothing is left before {'it' if len(empty) == 1 else 'each'} to read"
    longer = f"Give a longer {'prompt' if trace.writes_text else 'text'}"
    smaller = longer if name in UNITS[:2] else "Take smaller units, such as units='word'"
    return f"No scores (NaN) for {where}: with one {name} gone, {left}. {smaller}."


def _percent(share: float) -> str:
    return "under 0.1 %" if share < 0.0005 else f"{100 * share:.1f} %"
