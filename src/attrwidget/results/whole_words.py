"""Compare a word of the answer with another of several tokens: both whole, each in its place."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.registry import get
from attrwidget.methods.request.cache import ScoreCache
from attrwidget.methods.request.make import make_request
from attrwidget.progress import part_of
from attrwidget.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.progress import Progress

_FUNCTION = "log_prob"
_KEPT = 4  # other answers, each with its run


class WholeWords:
    """Differences of the scores of two words that might stand at the same place.

    The score of a word is its log-probability, the sum over its tokens, each after those before it (teacher-forced). A
    method's scores of the other word are taken from it, input by input, for the inputs before both. So a method must
    be signed and, as signed methods are, add up over scores.
    """

    def __init__(self, trace: Trace, cache: ScoreCache) -> None:
        self._trace, self._cache = trace, cache
        self._others: dict[tuple[int, ...], tuple[Trace, ScoreCache]] = {}
        self._lock = threading.Lock()

    def rows(
        self, method: str, step: int, ids: Sequence[int], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return the word at *step* less the word *ids*: float32 ``[1, n_inputs]``, NaN from *step*'s own token on."""
        if not get(method).signed:
            raise AttrWidgetError(
                f"{get(method).title} has no sign, so whole words cannot be compared by it: take 'leave_one_out'."
            )
        report = progress or (lambda _done, _total: None)
        own, other = self._own_steps(step), range(step, step + len(ids))
        total = len(own) + len(other)
        seen = self._trace.seen(step)
        trace, cache = self._other(step, ids)
        row = np.full((1, self._trace.n_inputs), np.nan, dtype=np.float32)
        said = self._cache.rows(
            make_request(self._trace, method, _FUNCTION), own, part_of(report, 0, len(own), total)
        )
        instead = cache.rows(
            make_request(trace, method, _FUNCTION), other, part_of(report, len(own), len(other), total)
        )
        row[0, :seen] = said[:, :seen].sum(axis=0) - instead[:, :seen].sum(axis=0)
        return row

    def has_rows(self, method: str, step: int, ids: Sequence[int]) -> bool:
        """Return whether ``rows`` would answer at once."""
        known = self._others.get((step, *ids))
        if known is None:
            return False
        trace, cache = known
        return self._cache.has(
            make_request(self._trace, method, _FUNCTION), self._own_steps(step)
        ) and cache.has(make_request(trace, method, _FUNCTION), range(step, step + len(ids)))

    def note(self, step: int, ids: Sequence[int]) -> str:
        """Return a sentence with the log-probabilities of both words."""
        trace, _ = self._other(step, ids)
        own, other = self._own_steps(step), range(step, step + len(ids))
        said, instead = (
            float(one.steps.log_probability[list(steps)].sum())
            for one, steps in ((self._trace, own), (trace, other))
        )
        own_text, other_text = (f"{value:.3g}".replace("-", "−") for value in (said, instead))
        return f"both words whole: log-probability {own_text}, and {other_text} of the other"

    def _own_steps(self, step: int) -> range:
        """Return the steps from *step* to the end of its word."""
        first = self._trace.first_step
        for word in words_of(self._trace.tokens, first):
            if word[0].start <= first + step < word[-1].end:
                return range(step, word[-1].end - first)
        return range(step, step + 1)

    def _other(self, step: int, ids: Sequence[int]) -> tuple[Trace, ScoreCache]:
        """Return the run of the answer so far with *ids* instead of what follows."""
        key = (step, *ids)
        with self._lock:
            if key not in self._others:
                trace = self._trace.instead([*self._trace.outputs[:step], *ids])
                self._others[key] = trace, ScoreCache(trace)
                while len(self._others) > _KEPT:
                    del self._others[next(iter(self._others))]
            return self._others[key]
