"""Write explanations as SHAP's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.formats.write.to_inseq import texts_of
from attrwidget.methods.external.importing import library

if TYPE_CHECKING:
    import pandas as pd

    from attrwidget.results.base import Reading


def to_shap(reading: Reading, scores: pd.DataFrame) -> Any:
    """Return raw *scores* as a ``shap.Explanation`` with an output for each step.

    Args:
        reading: The reading that the scores are of.
        scores: What ``Explanation.scores`` returned: a table ``[steps, inputs]`` whose ``attrs`` hold ``base_values``.

    Returns:
        ``values``: float64 ``[inputs, steps]``, 0 for a token that is not an input of a step or is never left out;
        with ``base_values`` ``[steps]`` they add up to the steps' scores. ``data``: the tokens.

    Raises:
        AttrWidgetError: SHAP is not installed, or the method's rows add up from no base value.
    """
    base = scores.attrs.get("base_values")
    if base is None:
        raise AttrWidgetError(
            f"A shap.Explanation has a base value, from which scores add up, and {scores.attrs['method']!r} has none "
            "here: take 'shap' or 'integrated_gradients'."
        )
    texts = texts_of(reading)
    return library("shap").Explanation(
        values=np.nan_to_num(scores.to_numpy().astype(np.float64).T),
        base_values=np.array(base),
        data=np.array(texts[: reading.n_inputs], dtype=object),
        output_names=texts[reading.first_step :],
    )
