"""Log-probabilities of steps with some inputs masked from attention, measured once and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.methods.request.targets import Target

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

Masked = bytes
"""Which inputs are masked, one bit each."""
Steps = int | range
"""A step, or those of a word, whose log-probabilities add up."""


def removable(reading: Reading, step: int, keep: Collection[int] = ()) -> NDArray[np.intp]:
    """Return the positions of *step*'s inputs that may be taken away.

    Special tokens stay, as do the positions in *keep*, and the first token: it takes the attention that is needed
    nowhere else, and leaves every position something to attend to.
    """
    inputs = range(1, reading.seen(step))
    return np.array([i for i in inputs if not reading.tokens.special[i] and i not in keep], dtype=np.intp)


def masked(inputs: int, positions: NDArray[np.intp]) -> Masked:
    """Return which of *inputs* are masked, one bit each."""
    bits = np.zeros(inputs, dtype=bool)
    bits[positions] = True
    return np.packbits(bits).tobytes()


class MaskedRuns:
    """Log-probabilities of the steps' tokens by masked inputs, kept with the trace.

    *at_once* texts are run in a batch, at most; None means as many as memory allows.
    """

    def __init__(self, trace: Trace, at_once: int | None = None) -> None:
        trace.require_same_weights()
        self._trace, self._at_once = trace, at_once
        self._target = Target("log_prob", trace.outputs, output_kind=trace.output_kind)
        self._known: dict[tuple[Steps, Masked], float] = trace.partial_results.setdefault("masked_runs", {})

    def get(self, step: Steps, without: Masked) -> float:
        """Return what was measured of *step* with the inputs *without* masked from attention."""
        return self._known[step, without]

    def measure(self, wanted: Iterable[tuple[Steps, Masked]], progress: Progress) -> None:
        """Measure what is not known yet of *wanted*, batch by batch; what is measured is kept when stopped."""
        missing: dict[Steps, list[Masked]] = {}
        for step, without in dict.fromkeys(wanted):
            if (step, without) not in self._known:
                missing.setdefault(step, []).append(without)
        done, total = 0, sum(map(len, missing.values()))
        progress(0, total)
        for step, sets in missing.items():
            for some, values in self._run(step, sets):
                self._known.update(zip([(step, without) for without in some], values, strict=True))
                done += len(some)
                progress(done, total)

    def _run(self, step: Steps, sets: list[Masked]) -> Iterator[tuple[list[Masked], list[float]]]:
        """Yield sets of masked inputs with the log-probabilities of *step*, batch by batch.

        Texts whose first masked input is late come first, so that each batch shares what comes before.
        """
        steps = step if isinstance(step, range) else [step]
        seen = self._trace.seen(steps[0])
        perturber = self._trace.perturber("mask", step=step)
        perturber.size = min(perturber.size, self._at_once or perturber.size)
        groups = [(positions_of(text, seen), text) for text in sets]
        groups.sort(key=lambda pair: pair[0][:1] or (seen,), reverse=True)
        while groups:
            values = perturber.batch(
                [group for group, _ in groups], lambda logits: self._target(logits.double(), steps).sum()
            )
            done, groups = groups[: len(values)], groups[len(values) :]
            yield [text for _, text in done], [float(value) for value in values]


def positions_of(text: Masked, inputs: int) -> tuple[int, ...]:
    """Return the masked ones of the *inputs* of *text*, which ``masked`` made."""
    bits = np.unpackbits(np.frombuffer(text, dtype=np.uint8), count=inputs)
    return tuple(int(i) for i in np.flatnonzero(bits))
