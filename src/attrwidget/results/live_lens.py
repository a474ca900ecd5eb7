"""What each layer would have said at the steps of a trace, read when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import embedding_weights
from attrwidget.methods.duration import seconds_of_passes
from attrwidget.results.lens import Lens, StepLens

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.engine.logit_lens import LayerPredictions, LogitLens
    from attrwidget.engine.trace import Trace
    from attrwidget.progress import Progress


class LiveLens(Lens):
    """Reads the layers of *trace*."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._lens: LogitLens | None = None
        self.refusal, self.n_layers = None, 0
        try:
            self._lens = trace.make_lens()
        except AttrWidgetError as error:
            self.refusal = str(error)
        else:
            self.n_layers = self._lens.n_layers

    def seconds(self, steps: Sequence[int]) -> float:
        """Return about how long ``read`` takes: a run over the text, and the LM head at each layer and step."""
        trace = self._trace
        head = embedding_weights(trace.model.hf).numel() / trace.model.size
        return seconds_of_passes(trace, trace.n_inputs + head * self.n_layers * len(steps), 1)

    def has(self, steps: Sequence[int]) -> bool:
        """Return whether ``read`` would answer at once."""
        return self._lens is not None and self._lens.has(steps)

    def read(self, steps: Sequence[int], progress: Progress | None = None) -> list[StepLens]:
        """Return what every layer would have said at each of *steps*; see ``Lens.read``."""
        read = self._ready().read(steps, progress)
        return [self._in_words(step, layers) for step, layers in zip(steps, read, strict=True)]

    def rivals(self, step: int, ids: Sequence[int]) -> NDArray[np.float64]:
        """Return the probabilities that every layer gives *ids* at *step*; see ``Lens.rivals``."""
        count = self._trace.model.vocabulary
        for one in ids:
            if not 0 <= one < count:
                raise AttrWidgetError(f"There is no token {one}: ids go from 0 to {count - 1}.")
        return self._ready().probabilities(step, ids)

    def _ready(self) -> LogitLens:
        if self._lens is None:
            raise AttrWidgetError(self.refusal or "")
        self._trace.require_same_weights()
        return self._lens

    def _in_words(self, step: int, layers: LayerPredictions) -> StepLens:
        texts = {int(i): self._trace.output_text(step, int(i)) for i in set(layers.top.flat)}
        words = [[texts[int(i)] for i in row] for row in layers.top]
        return StepLens(words, layers.probability, layers.chosen, layers.rank)
