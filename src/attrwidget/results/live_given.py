"""What each head gives to the steps of a trace, computed when it is first asked for, and then kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from attrwidget.engine.attempt import TRIAL_FAILURES
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import lock_of, own_precision
from attrwidget.methods.duration import seconds_of_passes
from attrwidget.results.given import Given, mean_of, read_given

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.attention.given import GivenByHeads
    from attrwidget.engine.trace import Trace
    from attrwidget.progress import Progress

_KEPT_BYTES = 64 << 20
# Seconds that the gradients of several steps may take, on a screen and in a file, before they are read without them.
_PATIENCE, _LONG = 5.0, 10.0

_Key = tuple[tuple[int, ...], int | None, str]


class LiveGiven:
    """What heads give to the steps of *trace*.

    A reading is computed by gradients; where there are none, or the attention modules do not show their outputs, by the
    norms of values; and where values are not shown, by attention alone.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._known: OrderedDict[_Key, Given] = OrderedDict()
        self._engine: GivenByHeads | None = None
        recorded = trace.capabilities.attention == "recorded"
        differentiable = trace.capabilities.gradients_note is None and trace.output_kind != "none"
        self._best = "attention" if not recorded else "gradient" if differentiable else "values"

    def has(self, steps: Sequence[int], foil: int | None) -> bool:
        """Return whether ``of_steps`` answers at once."""
        reading = self._reading(steps, foil)
        if len(steps) == 1 and reading != "gradient":
            return True
        return (tuple(steps), foil, reading) in self._known

    def seconds(self, steps: Sequence[int]) -> float:
        """Return about how long ``of_each`` takes where nothing else runs."""
        seconds = self._seconds(self._missing(steps, None))
        return seconds if self._best == "gradient" and seconds <= _LONG else 0.0

    def of_each(self, steps: Sequence[int]) -> Iterator[Given]:
        """Yield what heads give to each of *steps*: without gradients where those would take very long."""
        quick = self._seconds(self._missing(steps, None)) <= _LONG
        for step in steps:
            known = ((step,), None, self._best) in self._known
            yield self._given((step,), None, self._best if known or quick else self._without_gradients, None)

    def of_steps(
        self,
        steps: Sequence[int],
        foil: int | None,
        progress: Progress | None = None,
        *,
        patient: bool = False,
    ) -> Given:
        """Return the mean of what heads give to *steps*; *foil* is the output that one step is contrasted with.

        Unless *patient*, gradients that take longer than a few seconds are not computed for several steps.
        """
        reading = self._best if patient else self._reading(steps, foil)
        given = self._given(tuple(steps), foil, reading, progress)
        if reading == "gradient" != self._best:  # there turned out to be none
            given = self._given(tuple(steps), foil, self._best, progress)
        return given

    def _reading(self, steps: Sequence[int], foil: int | None) -> str:
        """Return how *steps* are read: long gradients of several steps are not waited for."""
        missing = self._missing(steps, foil)
        if self._best != "gradient" or len(steps) == 1 or not missing:
            return self._best
        return "gradient" if self._seconds(missing) <= _PATIENCE else self._without_gradients

    @property
    def _without_gradients(self) -> str:
        return "values" if self._best == "gradient" else self._best

    def _seconds(self, missing: Sequence[int]) -> float:
        return seconds_of_passes(self._trace, 2 * len(missing), self._trace.n_inputs)

    def _missing(self, steps: Sequence[int], foil: int | None) -> list[int]:
        if (tuple(steps), foil, self._best) in self._known:
            return []
        return [step for step in steps if ((step,), foil, self._best) not in self._known]

    def _given(
        self, steps: tuple[int, ...], foil: int | None, reading: str, progress: Progress | None
    ) -> Given:
        key = (steps, foil, reading)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        if len(steps) == 1:
            with lock_of(self._trace.model.hf), own_precision():
                given = self._read(steps[0], foil, reading)
        else:
            given = mean_of(self._each(steps, foil, reading, progress))
        self._keep((steps, foil, given.reading), given)
        return given

    def _each(
        self, steps: tuple[int, ...], foil: int | None, reading: str, progress: Progress | None
    ) -> Iterator[Given]:
        for done, step in enumerate(steps):
            if progress is not None:
                progress(done, len(steps))
            yield self._given((step,), foil, reading, None)

    def _keep(self, key: _Key, given: Given) -> None:
        self._known[key] = given
        while len(self._known) > 1 and sum(one.pairs.nbytes for one in self._known.values()) > _KEPT_BYTES:
            self._known.popitem(last=False)

    def _read(self, step: int, foil: int | None, reading: str) -> Given:
        if reading == "gradient":
            try:
                products = self._by_gradient(step, foil)
            except (AttrWidgetError, MemoryError, *TRIAL_FAILURES):
                # Without gradients of this text, or outputs by head, the next reading says what it can.
                self._best = reading = "values"
        if reading != "gradient":
            products = self._by_attention(step, values=reading == "values")
        return read_given(products, reading, self._trace.tokens, self._trace.sections)

    def _by_gradient(self, step: int, foil: int | None) -> NDArray[np.floating]:
        from attrwidget.engine.attention.given import AboveMean, GivenByHeads
        from attrwidget.engine.text_check import ReadOtherwiseError

        if self._engine is None:
            self._engine = GivenByHeads(self._trace)
        score = AboveMean(self._trace.outputs, foil, softmax=self._trace.output_kind == "softmax")
        try:
            products = self._engine.of_step(step, score).numpy()
        except ReadOtherwiseError as found:
            raise AttrWidgetError("Run with gradients, the model reads this text otherwise.") from found
        if not np.isfinite(products).all():
            raise AttrWidgetError("The gradients at the heads are not finite.")
        return products

    def _by_attention(self, step: int, *, values: bool) -> NDArray[np.floating]:
        """Return attention, of *values* times their norms, ``[layers, heads, inputs]``."""
        trace, reader = self._trace, self._trace.attention
        layers: list[torch.Tensor] = []
        for layer in range(reader.n_layers):
            weights = reader.weights(layer, None, [trace.position(step)])[:, 0]
            if values:
                weights = weights * reader.value_norms(layer, None)  # type: ignore[attr-defined]
            layers.append(weights.cpu())
        products = np.stack([layer.numpy() for layer in layers])
        products[:, :, trace.seen(step) :] = 0
        return products
