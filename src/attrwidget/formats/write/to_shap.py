"""Explanations as SHAP's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.formats.write.to_inseq import texts_of
from attrwidget.methods.external.importing import library

if TYPE_CHECKING:
    from attrwidget.results.base import BaseExplanation


def to_shap(explanation: BaseExplanation, method: str = "shap") -> Any:
    """Return *explanation* by *method* as a ``shap.Explanation`` with an output for each step.

    ``values`` are float64 ``[inputs, steps]``, 0 for what is no input of a step or always stays; with
    ``base_values`` ``[steps]`` they add up to the steps' scores. ``data`` are the tokens. Needs SHAP, which is imported
    now. Raises AttrWidgetError when it is not installed, and for a method whose rows add up from no base value.
    """
    frame = explanation.scores(method, normalize=None)
    base = frame.attrs.get("base_values")
    if base is None:
        raise AttrWidgetError(
            f"A shap.Explanation has a base value, from which scores add up, and {method!r} has none here: take 'shap' "
            "or 'integrated_gradients'."
        )
    texts = texts_of(explanation)
    return library("shap").Explanation(
        values=np.nan_to_num(frame.to_numpy().astype(np.float64).T),
        base_values=np.array(base),
        data=np.array(texts[: explanation.n_inputs], dtype=object),
        output_names=texts[explanation.first_step :],
    )
