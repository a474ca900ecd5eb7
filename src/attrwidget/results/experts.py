"""Which experts of a mixture-of-experts model each token goes to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attrwidget.checks import is_index, short
from attrwidget.errors import AttrWidgetError
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NO_EXPERTS = "{} has no layers with experts: they are read of mixture-of-experts models."


class Experts(ABC):
    """The experts of one text's tokens.

    Attributes:
        layers: The layers that have experts, as ``Explanation.blocks`` names them.
        count: How many experts a layer has, at most.
    """

    layers: list[int | str]
    count: int

    @property
    @abstractmethod
    def known(self) -> bool:
        """Whether ``weights`` would answer at once."""

    @property
    @abstractmethod
    def weights(self) -> NDArray[np.float32]:
        """The weight of each expert for each token, ``[layers, inputs, experts]``; see ``Explanation.experts``."""

    def of(self, inputs: Sequence[int]) -> NDArray[np.float32]:
        """Return the mean weights of some *inputs*, float32 ``[layers, experts]``; NaN where a layer reads none."""
        read = self.weights[:, list(inputs)]
        seen = ~np.isnan(read)
        total = np.where(seen, read, 0).sum(axis=1)
        with np.errstate(invalid="ignore"):
            return np.asarray(total / seen.sum(axis=1), dtype=np.float32)

    def at(self, layer: int, expert: int) -> NDArray[np.float32]:
        """Return the weight of one expert at each input, float32 ``[n_inputs]``."""
        return np.asarray(self.weights[layer, :, expert], dtype=np.float32)

    def table(self, layer: int | str | None, tokens: Sequence[str]) -> pd.DataFrame:
        """Return the weights by token and expert; see ``Explanation.experts``."""
        if layer is not None and layer not in self.layers:
            names = ", ".join(map(str, self.layers))
            raise AttrWidgetError(f"There are no experts in a layer {layer!r}: take one of {names}.")
        columns = pd.RangeIndex(self.count, name="expert")
        if layer is not None:
            rows = pd.Index(tokens, name="input")
            return Table(self.weights[self.layers.index(layer)], index=rows, columns=columns)
        index = pd.MultiIndex.from_product([self.layers, range(len(tokens))], names=["layer", "position"])
        return Table(self.weights.reshape(-1, self.count), index=index, columns=columns)


def check_expert(experts: Experts, layer: Any, expert: Any) -> tuple[int, int]:
    """Return the indices of a layer among those with experts, and of an expert."""
    for value, count, what in (
        (layer, len(experts.layers), "layer with experts"),
        (expert, experts.count, "expert"),
    ):
        if not is_index(value, count):
            raise AttrWidgetError(
                f"There is no {what} {short(value)}: they are indexed from 0 to {count - 1}."
            )
    return int(layer), int(expert)
