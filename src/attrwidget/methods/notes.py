"""What is to be said of scores beside their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.methods.request import Request
    from attrwidget.methods.scores import ScoreCache
    from attrwidget.trace import Trace


def note_on(request: Request, trace: Trace, cache: ScoreCache, steps: Sequence[int]) -> str | None:
    """Return sentences on the finished rows of *steps*, or None when there is nothing to say.

    The completeness residual is how far rows are from adding up to what the method says they do, over all
    *steps* together.
    """
    said = [request.method.note(trace, request.options)] if request.method.note else []
    said.append(request.foils.note if request.foils else None)
    residual = cache.residual(request, steps)
    if residual is not None:
        said.append(f"completeness residual {_percent(residual)} of the score")
    return " ".join(sentence for sentence in said if sentence) or None


def attributes_of(request: Request, note: str | None) -> dict[str, Any]:
    """Return how scores were made, for the ``attrs`` of a table."""
    made: dict[str, Any] = {"method": request.method.name, **request.options}
    if request.method.target_function is not None:
        made["target_function"] = request.target.function
    if request.foils is not None:
        made["foil"] = list(request.foils.labels)
    if note is not None:
        made["note"] = note
    return made


def _percent(share: float) -> str:
    return "under 0.1 %" if share < 0.0005 else f"{100 * share:.1f} %"
