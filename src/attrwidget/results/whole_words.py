"""Compare a word of the answer with another of several tokens: both whole, each in its place."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.registry import get
from attrwidget.methods.request.cache import ScoreCache
from attrwidget.methods.request.make import make_request
from attrwidget.methods.request.targets import TARGET_FUNCTIONS
from attrwidget.progress import part_of, reporting
from attrwidget.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Method
    from attrwidget.progress import Progress

_FUNCTION = "log_prob"
_KEPT = 4  # other answers, each with its run


def compares_whole(method: Method) -> bool:
    """Return whether *method* can compare whole words: its scores, or the gradients behind them, add up."""
    return method.signed or method.reduce is not None


def whole_description(method: Method) -> str:
    """Return the footer text of *method* for whole words."""
    if method.signed:
        return f"{method.describe(_FUNCTION)}, less that of the other word"
    return method.description.format(target=f"{TARGET_FUNCTIONS[_FUNCTION]} less that of the other word")


class WholeWords:
    """Scores of a word less another that might stand at the same place.

    The score of a word is its log-probability, the sum over its tokens, each after those before it (teacher-forced). A
    signed method adds up over scores, so its scores of the other word are taken from it, input by input, for the inputs
    before both. A method without a sign is the size of a gradient: that of the difference.
    """

    def __init__(self, trace: Trace, cache: ScoreCache) -> None:
        self._trace, self._cache = trace, cache
        self._others: dict[tuple[int, ...], tuple[Trace, ScoreCache]] = {}
        self._sizes: dict[tuple[str, int, tuple[int, ...]], NDArray[np.float32]] = {}
        self._lock = threading.Lock()

    def rows(
        self, method: str, step: int, ids: Sequence[int], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return the word at *step* less the word *ids*: float32 ``[1, n_inputs]``, NaN from *step*'s own token on."""
        if not compares_whole(get(method)):
            raise AttrWidgetError(
                f"{get(method).title} has no sign, so whole words cannot be compared by it: take 'leave_one_out'."
            )
        if not get(method).signed:
            return self._size_of_difference(method, step, tuple(ids))
        report = reporting(progress)
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
        if not get(method).signed:
            return (method, step, tuple(ids)) in self._sizes
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

    def _size_of_difference(self, method: str, step: int, ids: tuple[int, ...]) -> NDArray[np.float32]:
        key = (method, step, ids)
        if key not in self._sizes:
            trace, _ = self._other(step, ids)
            row = np.full((1, self._trace.n_inputs), np.nan, dtype=np.float32)
            seen, reduce = self._trace.seen(step), get(method).reduce
            own, embeddings = _gradient(self._trace, method, self._own_steps(step), seen)
            other, _ = _gradient(trace, method, range(step, step + len(ids)), seen)
            if reduce is not None:
                row[0, :seen] = reduce((own - other)[None], embeddings)[0].cpu().numpy()
            self._sizes[key] = row
        return self._sizes[key]

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


def _gradient(trace: Trace, method: str, steps: range, seen: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the gradient of the *steps*' joint log-probability at the first *seen* inputs, and their embeddings."""
    import torch

    target = make_request(trace, method, _FUNCTION).target
    by_step: dict[int, torch.Tensor] = {}
    at = torch.empty(0)
    for chunk, gradients, scales, embeddings in trace.gradients(steps, target):
        scaled = gradients[:, :seen].double() * scales.double()[:, None, None]
        by_step.update(zip(chunk, scaled, strict=True))  # a step may come twice
        at = embeddings[:seen].double()
    return torch.stack([by_step[step] for step in steps]).sum(0), at
