"""Read explanations from SHAP's; SHAP itself is not needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.formats.read.scores import as_floats, assemble, record

if TYPE_CHECKING:
    from attrwidget.saved import SavedExplanation


def from_shap(explanation: Any, *, model_name: str = "") -> SavedExplanation | list[SavedExplanation]:
    """Make an explanation of a ``shap.Explanation`` of text; SHAP itself is not needed.

    Each output (a class, or a generated token) is a step, with the SHAP values of all tokens. The method's note has the
    base values.

    Args:
        explanation: What an Explainer returned.
        model_name: The model's name in titles.

    Returns:
        The explanation, or a list when *explanation* holds several texts.

    Raises:
        AttrWidgetError: *explanation* is no ``shap.Explanation`` of texts.

    Example:
        >>> aw.from_shap(shap.Explainer(pipeline)(["Not bad at all."]))
    """
    if not all(hasattr(explanation, name) for name in ("values", "base_values", "data")):
        raise AttrWidgetError(
            f"A {type(explanation).__name__} is no shap.Explanation: give what an Explainer made."
        )
    data = explanation.data
    if data is None or isinstance(data, str) or not len(data):
        raise AttrWidgetError(
            "This shap.Explanation does not hold the text's tokens, so there is nothing to show."
        )
    if isinstance(data[0], str):
        return _one(explanation, list(data), explanation.values, explanation.base_values, model_name)
    if np.ndim(data[0]) != 1 or not all(isinstance(token, str) for token in data[0]):
        raise AttrWidgetError("This shap.Explanation is not of a text: its data are no tokens.")
    bases = np.broadcast_to(explanation.base_values, (len(data), *np.shape(explanation.base_values)[1:]))
    return [
        _one(explanation, list(tokens), values, base, model_name)
        for tokens, values, base in zip(data, explanation.values, bases, strict=True)
    ]


def _one(explanation: Any, tokens: list[str], values: Any, base: Any, model_name: str) -> SavedExplanation:
    """Return the explanation of one text."""
    table = as_floats(values, "SHAP values")
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or len(table) != len(tokens):
        raise AttrWidgetError(
            f"SHAP values of the shape {table.shape} do not belong to {len(tokens)} tokens: give one text's, "
            "[tokens] or [tokens, outputs]."
        )
    names = _names(explanation.output_names, table.shape[1])
    rows = np.full((len(names), len(tokens) + len(names) - 1), np.nan)
    rows[:, : len(tokens)] = table.T
    bases = np.broadcast_to(as_floats(base, "base values"), len(names))
    note = "base value " + ", ".join(
        f"{b:.3g}" if len(names) == 1 else f"{name} {b:.3g}" for name, b in zip(names, bases, strict=True)
    )
    scores = record("shap", rows, signed=True, title="SHAP", description="SHAP values", note=note)
    return assemble(
        [*tokens, *names], len(tokens), [scores], titles=("Text", "Output"), model_name=model_name
    )


def _names(names: Any, count: int) -> list[str]:
    if isinstance(names, str):
        return [names]
    known = [] if names is None else [str(name) for name in np.ravel(np.asarray(names, dtype=object))]
    if len(known) == count:
        return known
    return ["output"] if count == 1 else [f"output {i}" for i in range(count)]
