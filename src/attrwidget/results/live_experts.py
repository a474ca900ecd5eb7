"""Which experts the tokens of a trace go to, read when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.engine.experts import expert_layers, read_experts
from attrwidget.hf.exclusive_use import lock_of
from attrwidget.results.experts import Experts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.engine.experts import ExpertLayer
    from attrwidget.engine.trace import Trace


def experts_of(trace: Trace) -> LiveExperts | None:
    """Return what reads the experts of *trace*; None where its model has none."""
    layers = expert_layers(trace.model)
    return LiveExperts(trace, layers) if layers else None


class LiveExperts(Experts):
    """Reads the experts of *trace* by running its text once more."""

    def __init__(self, trace: Trace, layers: list[ExpertLayer]) -> None:
        self._trace, self._layers = trace, layers
        self._weights: NDArray[np.float32] | None = None
        self.layers = [layer.name for layer in layers]
        self.count = max(layer.count for layer in layers)

    @property
    def known(self) -> bool:
        """Whether they have been read."""
        return self._weights is not None

    @property
    def weights(self) -> NDArray[np.float32]:
        """The weight of each expert for each token."""
        with lock_of(self._trace.model.hf):
            if self._weights is None:
                self._trace.require_same_weights()
                self._weights = read_experts(self._trace, self._layers).numpy()
            return self._weights
