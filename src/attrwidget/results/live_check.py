"""Check the inputs that scores put first: what becomes of a step's probability without them, and without others."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import check_input, check_list, check_step, is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.methods.duration import seconds_of_batches
from attrwidget.progress import reporting
from attrwidget.results.check import DRAWS, Check, Checks
from attrwidget.results.masked_runs import Masked, MaskedRuns, masked, removable
from attrwidget.text.tokens import visible
from attrwidget.text.words import find_words, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

_AT_ONCE = 2  # masked texts: whoever waits for the model waits for one batch


class LiveChecks(Checks):
    """Checks steps of one trace; masked texts are run once and kept."""

    def __init__(self, trace: Trace, reading: Reading) -> None:
        self._trace, self._reading = trace, reading
        self.made = {}

    @property
    def refusal(self) -> str | None:
        """Why nothing can be checked, or None."""
        trace = self._trace
        if trace.capabilities.masking == "ignored":
            return f"{trace.model.name} does not heed a mask over its inputs, so none can be taken away."
        if trace.output_kind in ("number", "none"):
            return f"{trace.model.name} gives no probabilities, and they are what a check compares."
        return None

    def seconds(self) -> float | None:
        """Return about how long the check of a step takes where nothing else runs; None where there is none."""
        reading = self._reading
        if self.refusal is not None or not reading.n_steps:
            return None
        return seconds_of_batches(self._trace, DRAWS + 1, reading.seen(reading.n_steps - 1))

    def first_inputs(self, step: Any, method: str | None, k: Any) -> list[int]:
        """Return the inputs of the *k* words that a *method*, by default the first, puts first at *step*, or steps."""
        if self.refusal is not None:
            raise AttrWidgetError(self.refusal)
        reading, steps = self._reading, list(self.steps(step))
        info = reading.methods()[0] if method is None else reading.method(method)
        row = reading.rows(info.name, steps).mean(axis=0)
        return self.top(steps[0], row, k, signed=info.signed)

    def top(self, step: int, row: NDArray[np.floating], k: Any, *, signed: bool) -> list[int]:
        """Return the inputs of the *k* words that *row* puts first at *step*, half of those that may go at most."""
        at = removable(self._reading, step)
        if not is_whole(k) or k < 1:
            raise AttrWidgetError(f"k must be a whole number of at least 1, not {k!r}.")
        words = _by_word(self._reading, at)
        sums = np.array([np.nansum(row[word]) for word in words])
        inputs: list[int] = []
        for place in np.argsort(-(sums if signed else np.abs(sums)), kind="stable")[: int(k)]:
            if not inputs or 2 * (len(inputs) + len(words[place])) <= len(at):  # as many others must be left
                inputs += words[place]
        return inputs

    def steps(self, step: Any) -> range:
        """Return *step*, or a list of neighbouring ones of a text, as a range; see ``Checks.steps``."""
        reading = self._reading
        if is_whole(step):
            first = check_step(step, reading.n_steps)
            return range(first, first + 1)
        found = [check_step(one, reading.n_steps) for one in check_list(step, "Steps", "[3, 4]")]
        if not found or found != list(range(found[0], found[0] + len(found))):
            raise AttrWidgetError(
                f"A check takes neighbouring steps in their order, like [3, 4], not {found}."
            )
        if len(found) > 1 and not self._trace.writes_text:
            raise AttrWidgetError(
                f"{self._trace.model.name} writes no text, so its steps are checked one by one: take one step."
            )
        return range(found[0], found[-1] + 1)

    def _positions(self, inputs: Any, seen: int) -> list[int]:
        """Return *inputs*, positions or words of the first *seen* tokens, as positions."""
        found: list[int] = []
        for one in check_list([inputs] if isinstance(inputs, str) else inputs, "Inputs", "[3, 'America']"):
            if isinstance(one, str):
                found += range(*find_words(self._reading.tokens, one, seen))
            else:
                found.append(check_input(one, self._reading.n_inputs))
        return found

    def run(
        self, step: Any, inputs: Any, *, draws: int = DRAWS, seed: int = 0, progress: Progress | None = None
    ) -> Check:
        """Mask *inputs* of *step*, then as many others at random, and compare; see ``Checks.run``."""
        reading = self._reading
        if self.refusal is not None:
            raise AttrWidgetError(self.refusal)
        if not is_whole(draws) or draws < 1:
            raise AttrWidgetError(f"draws must be a whole number of at least 1, not {draws!r}.")
        steps = self.steps(step)
        step = steps[0]
        given = self._positions(inputs, reading.seen(step))
        at = removable(reading, step)
        gone = [int(i) for i in at if i in given]
        rest = np.array([i for i in at if i not in given], dtype=np.intp)
        if not gone:
            raise AttrWidgetError(
                "None of these inputs may be taken away: they are special tokens, the first token, or later than the "
                "step."
            )
        if len(rest) < len(gone):
            raise AttrWidgetError(
                f"The text is too short for a check: {len(rest)} other inputs are left to compare {len(gone)} with."
            )
        sets = _draw(rest, len(gone), draws, np.random.default_rng([seed, step]))
        seen = reading.seen(step)
        without, *others = (masked(seen, np.array(sorted(places), dtype=np.intp)) for places in (gone, *sets))
        p = self._probabilities(steps, (without, *others), reporting(progress))
        lowest = min(zip(sets, others, strict=True), key=lambda one: p[one[1]])[0]
        found = Check(
            tuple(steps),
            tuple(gone),
            _words(reading, gone),
            float(np.exp(self._reading.steps["log_probability"].to_numpy()[list(steps)].sum())),
            p[without],
            tuple(sorted(p[text] for text in others)),
            tuple(lowest),
            _words(reading, lowest),
        )
        if (draws, seed) == (DRAWS, 0):
            self.made[found.steps, found.inputs] = found
        return found

    def _probabilities(
        self, steps: range, texts: Sequence[Masked], progress: Progress
    ) -> dict[Masked, float]:
        """Return the joint probability of *steps* with the inputs of each of *texts* masked."""
        runs = MaskedRuns(self._trace, _AT_ONCE)
        read = steps if len(steps) > 1 else steps[0]
        runs.measure([(read, text) for text in texts], progress)
        return {text: float(np.exp(runs.get(read, text))) for text in texts}


def _by_word(reading: Reading, positions: Iterable[int]) -> list[list[int]]:
    """Return *positions*, those of one word together; a word ends where the answer begins."""
    words: dict[tuple[int, bool], list[int]] = {}
    of = {
        i: n for n, word in enumerate(words_of(reading.tokens, 0)) for i in range(word[0].start, word[-1].end)
    }
    for i in positions:
        words.setdefault((of.get(i, -1 - i), i >= reading.first_step), []).append(int(i))
    return list(words.values())


def _words(reading: Reading, positions: Iterable[int]) -> tuple[str, ...]:
    """Return the texts of *positions*, those of one word together."""
    return tuple(_text(reading, word) for word in _by_word(reading, positions))


def _text(reading: Reading, word: Sequence[int]) -> str:
    units = [u for u in reading.tokens.units if not set(word).isdisjoint(range(u.start, u.end))]
    return visible("".join(unit.text for unit in units))


def _draw(rest: NDArray[np.intp], size: int, draws: int, rng: np.random.Generator) -> list[Sequence[int]]:
    """Return *draws* different sets of *size* of *rest*, or as many as there are."""
    found: dict[tuple[int, ...], None] = {}
    while len(found) < min(draws, comb(len(rest), size)):
        found[tuple(sorted(int(i) for i in rng.choice(rest, size, replace=False)))] = None
    return list(found)
