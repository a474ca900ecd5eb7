"""What a page knows of contexts: those that can be left out, and what was found of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attrwidget.results.base import Reading
    from attrwidget.results.context.reliance import ContextReliance

_CUES = 8  # words of the context that are sent of each token


def contexts_of(reading: Reading, *, model: bool) -> list[dict[str, Any]]:
    """Return each context with its title, spans and, where it was made, the answer; without *model* these alone."""
    contexts = reading.contexts
    if contexts is None:
        return []
    return [
        {
            "title": one.title,
            "spans": [[int(span.first), int(span.last)] for span in one.spans],
            **({"found": found_entry(contexts.made[which])} if which in contexts.made else {}),
        }
        for which, one in enumerate(contexts.offered)
        if model or which in contexts.made
    ]


def found_entry(found: ContextReliance) -> dict[str, Any]:
    """Return what a context changed as JSON."""
    table = found.answer
    return {
        "count": len(table),
        "threshold": _rounded(found.threshold),
        "largest": _rounded(float(table["kl_divergence"].max())),
        "changed": [
            {
                "step": int(step),
                "p": _rounded(float(table.loc[step, "probability"])),
                "without": _rounded(float(table.loc[step, "without"])),
                "instead": None if _same(found, step) else str(table.loc[step, "instead"]),
                "cues": _cues(found, step),
            }
            for step in found.changed
        ],
    }


def _same(found: ContextReliance, step: int) -> bool:
    return str(found.answer.loc[step, "instead"]) == str(found.answer.loc[step, "token"])


def _cues(found: ContextReliance, step: int) -> list[list[Any]]:
    """Return the words of the context, the strongest first: their tokens, start and end, and their share."""
    shares = found.words.loc[step].to_numpy()
    order = sorted(range(len(shares)), key=lambda k: -shares[k])[:_CUES]
    return [[*map(int, found.places[k]), _rounded(float(shares[k]))] for k in order if shares[k] > 0]


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
