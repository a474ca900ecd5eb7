"""Which experts of a mixture-of-experts model each token goes to."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from attrwidget.checks import check_input
from attrwidget.engine.experts import expert_layers, read_experts
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import lock_of
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.experts import ExpertLayer
    from attrwidget.engine.trace import Trace


def experts_of(trace: Trace) -> Experts | None:
    """Return what reads the experts of *trace*; None where its model has none."""
    layers = expert_layers(trace.model)
    return Experts(trace, layers) if layers else None


class Experts:
    """Reads the experts of one trace, once.

    Attributes:
        layers: The layers that have experts, as ``Explanation.blocks`` names them.
        count: How many experts a layer has, at most.
    """

    def __init__(self, trace: Trace, layers: list[ExpertLayer]) -> None:
        self._trace, self._layers = trace, layers
        self.layers = [layer.name for layer in layers]
        self.count = max(layer.count for layer in layers)

    @property
    def known(self) -> bool:
        """Whether they have been read."""
        return "weights" in self.__dict__

    @cached_property
    def weights(self) -> NDArray[np.float32]:
        """The weight of each expert for each token; see ``engine.experts.read_experts``."""
        self._trace.require_same_weights()
        with lock_of(self._trace.model.hf):
            read: NDArray[np.float32] = read_experts(self._trace, self._layers).numpy()
        return read

    def of(self, inputs: Sequence[int]) -> NDArray[np.float32]:
        """Return the mean weights of some *inputs*, float32 ``[layers, experts]``; NaN where no layer read them."""
        rows = [check_input(index, self._trace.n_inputs) for index in inputs]
        read = self.weights[:, rows]
        seen = ~np.isnan(read)
        total = np.where(seen, read, 0).sum(axis=1)
        with np.errstate(invalid="ignore"):
            return np.asarray(total / seen.sum(axis=1), dtype=np.float32)

    def table(self, layer: int | str | None) -> pd.DataFrame:
        """Return the weights by token and expert; see ``Explanation.experts``."""
        if layer is not None and layer not in self.layers:
            names = ", ".join(map(str, self.layers))
            raise AttrWidgetError(f"There are no experts in a layer {layer!r}: take one of {names}.")
        names = self.layers if layer is None else [layer]
        weights = self.weights[[self.layers.index(name) for name in names]]
        tokens = self._trace.tokens.labels[: self._trace.n_inputs]
        columns = pd.RangeIndex(self.count, name="expert")
        if layer is not None:
            return Table(weights[0], index=pd.Index(tokens, name="input"), columns=columns)
        index = pd.MultiIndex.from_product([names, range(len(tokens))], names=["layer", "position"])
        return Table(weights.reshape(-1, self.count), index=index, columns=columns)
