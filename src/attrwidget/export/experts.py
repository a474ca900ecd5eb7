"""Record which experts the tokens of a mixture-of-experts model go to, for an exported page, where that is small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.page.content import experts_entry

if TYPE_CHECKING:
    from attrwidget.results.base import Reading

_BYTES = 300_000  # of the weights in the page, at most
_EACH = 2.5  # bytes of a weight above 0; the others pack to nearly nothing
_MOST = 2**16 - 2
NOT_READ = 2**16 - 1
"""What stands for the weight of a token that a layer does not read."""


def record_experts(reading: Reading) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Return what the page needs to know of the experts, ``experts`` in docs/protocol.md, and why that is not there."""
    if reading.experts is None:
        return {}, {}, []
    try:
        weights = reading.experts.weights
    except AttrWidgetError as error:
        return {}, {}, [str(error)]
    size = _EACH * np.count_nonzero(weights > 0)
    if size > _BYTES:
        return {}, {}, [f"The experts are not in this file: they would take {size / 1e6:.1f} MB."]
    largest = float(np.nanmax(weights, initial=0.0)) or 1.0
    numbers = np.where(np.isnan(weights), NOT_READ, np.rint(np.nan_to_num(weights) / largest * _MOST))
    return (
        {"experts": experts_entry(reading.experts)},
        {"experts": {"largest": largest, "data": numbers.astype("u2")}},
        [],
    )
