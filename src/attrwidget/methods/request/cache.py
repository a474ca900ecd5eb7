"""Keep the rows of scores that have been computed."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.method import Figures, Progress
from attrwidget.progress import reporting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Chunk
    from attrwidget.methods.request.make import Request


class ScoreCache:
    """Raw rows of one trace, by request. Thread-safe; finished rows are kept when work is stopped."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._rows: dict[Any, dict[int, NDArray[np.floating]]] = {}
        self._figures: dict[Any, dict[int, Figures]] = {}
        self._lock = threading.Lock()

    def only(self, methods: Collection[str]) -> ScoreCache:
        """Return a cache of the same trace that knows the finished rows of *methods* alone."""
        other = ScoreCache(self._trace)
        with self._lock:
            other._rows = {key: rows for key, rows in self._rows.items() if key[0] in methods}
            other._figures = {key: found for key, found in self._figures.items() if key[0] in methods}
        return other

    def has(self, request: Request, steps: Sequence[int]) -> bool:
        """Return whether the rows of all *steps* are kept."""
        with self._lock:
            known = self._rows.get(request.key, {})
            return all(step in known for step in steps)

    def rows(
        self,
        request: Request,
        steps: Sequence[int],
        progress: Callable[[int, int], None] | None = None,
    ) -> NDArray[np.floating]:
        """Return raw rows ``[len(steps), n_inputs]``; compute those that are missing, chunk by chunk."""
        if request.method.attention:
            return self._collect(request, steps, {}, None)
        with self._lock:
            known = self._rows.setdefault(request.key, {})
        return self._collect(request, steps, known, progress)

    def keep(self, request: Request, chunk: Chunk) -> None:
        """Keep the rows of a *chunk* that the method of *request* has yielded."""
        with self._lock:
            known = self._rows.setdefault(request.key, {})
        self._add(request, known, chunk)

    def figure(self, request: Request, name: str, steps: Sequence[int]) -> NDArray[np.floating] | None:
        """Return the figure *name* of ``Figures`` of the finished rows of *steps*; None unless each row has it."""
        with self._lock:
            known = self._figures.get(request.key, {})
            found = [getattr(known.get(step), name, None) for step in steps]
        return None if not found or None in found else np.array(found, dtype=np.float64)

    def has_figures(self, method: str) -> bool:
        """Return whether rows of *method* came with figures."""
        with self._lock:
            return any(key[0] == method for key in self._figures)

    def finished(self, request: Request, steps: Sequence[int]) -> NDArray[np.floating] | None:
        """Return the rows of *steps*, or None unless all are kept."""
        with self._lock:
            known = self._rows.get(request.key, {})
            return np.stack([known[s] for s in steps]) if steps and all(s in known for s in steps) else None

    def _collect(
        self,
        request: Request,
        steps: Sequence[int],
        known: dict[int, NDArray[np.floating]],
        progress: Callable[[int, int], None] | None,
    ) -> NDArray[np.floating]:
        report = reporting(progress)
        missing = [step for step in dict.fromkeys(steps) if step not in known]
        done, total = 0, len(missing)
        if missing:
            report(0, total)
            method = request.method
            if not method.attention:  # attention was recorded with the trace
                self._trace.require_same_weights()
            chunks = request.compute(self._trace, missing)
            with closing(chunks):
                for chunk in chunks:
                    if not method.attention:
                        self._trace.require_same_weights()
                    if isinstance(chunk, Progress):
                        done, total = chunk
                        report(done, total)
                        continue
                    self._add(request, known, chunk)
                    if total == len(missing):
                        done += len(chunk[0])
                        report(min(done, total), total)
        return (
            np.stack([known[step] for step in steps])
            if len(steps)
            else np.empty((0, self._trace.n_inputs), np.float32)
        )

    def _add(self, request: Request, known: dict[int, NDArray[np.floating]], chunk: Chunk) -> None:
        """Add the rows of *chunk*, if it has some, to those that are *known*, and its figures to those of *request*."""
        if isinstance(chunk, Progress):
            return
        with self._lock:
            known.update(zip(chunk[0], chunk[1], strict=True))
            if len(chunk) == 3:
                self._figures.setdefault(request.key, {}).update(_by_step(chunk[0], chunk[2]))


def _by_step(steps: list[int], figures: Figures) -> dict[int, Figures]:
    return {
        step: Figures(*(None if values is None else values[k] for values in figures))
        for k, step in enumerate(steps)
    }
