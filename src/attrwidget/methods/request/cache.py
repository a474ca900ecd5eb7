"""Rows of scores: computed once, kept, and normalised for whoever asks."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from attrwidget.methods.registry import Figures, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.request import Request


class Kind(Protocol):
    """The kind of numbers that a method gives: signed, attention, or neither."""

    @property
    def signed(self) -> bool:
        """Scores have a sign."""

    @property
    def attention(self) -> bool:
        """Scores are attention weights."""


NORMALIZATIONS = ("auto", "step", "inseq", None)
_INSEQ_EPSILON = 1e-12  # torch.nn.functional.normalize's, which Inseq calls


class ScoreCache:
    """The raw rows of one trace, by request. Thread-safe; what is finished is kept when work is stopped."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._rows: dict[Any, dict[int, NDArray[np.floating]]] = {}
        self._figures: dict[Any, dict[int, Figures]] = {}
        self._lock = threading.Lock()

    def has(self, request: Request, steps: Sequence[int]) -> bool:
        """Say whether the rows of all *steps* are there."""
        with self._lock:
            known = self._rows.get(request.key, {})
            return all(step in known for step in steps)

    def rows(
        self,
        request: Request,
        steps: Sequence[int],
        progress: Callable[[int, int], None] | None = None,
    ) -> NDArray[np.floating]:
        """Return raw ``[len(steps), n_inputs]``, computing the missing rows chunk by chunk."""
        if request.method.attention:
            return self._collect(request, steps, {}, None)
        with self._lock:
            known = self._rows.setdefault(request.key, {})
        return self._collect(request, steps, known, progress)

    def figure(self, request: Request, name: str, steps: Sequence[int]) -> NDArray[np.floating] | None:
        """Return what ``Figures`` calls *name* of the finished rows of *steps*; None unless it is known of each."""
        with self._lock:
            known = self._figures.get(request.key, {})
            found = [getattr(known.get(step), name, None) for step in steps]
        return None if not found or None in found else np.array(found, dtype=np.float64)

    def _collect(
        self,
        request: Request,
        steps: Sequence[int],
        known: dict[int, NDArray[np.floating]],
        progress: Callable[[int, int], None] | None,
    ) -> NDArray[np.floating]:
        report = progress or (lambda _done, _total: None)
        missing = [step for step in dict.fromkeys(steps) if step not in known]
        done, total = 0, len(missing)
        if missing:
            report(0, total)
            method = request.method
            if not method.attention:  # which is read from what was recorded
                self._trace.require_same_weights()
            chunks = method.compute(
                self._trace, request.target, missing, request.selection, **request.options
            )
            with closing(chunks):
                for chunk in chunks:
                    if not method.attention:
                        self._trace.require_same_weights()
                    if isinstance(chunk, Progress):
                        done, total = chunk
                        report(done, total)
                        continue
                    with self._lock:
                        known.update(zip(chunk[0], chunk[1], strict=True))
                        if len(chunk) == 3:
                            self._figures.setdefault(request.key, {}).update(_by_step(chunk[0], chunk[2]))
                    if total == len(missing):
                        done += len(chunk[0])
                        report(min(done, total), total)
        return (
            np.stack([known[step] for step in steps])
            if len(steps)
            else np.empty((0, self._trace.n_inputs), np.float32)
        )


def _by_step(steps: list[int], figures: Figures) -> dict[int, Figures]:
    return {
        step: Figures(*(None if values is None else values[k] for values in figures))
        for k, step in enumerate(steps)
    }


def normalize_rows(rows: NDArray[np.floating], method: Kind, how: str | None) -> NDArray[np.float32]:
    """Return *rows* normalised, as float32.

    ``"auto"``: shares for unsigned gradient methods, else raw. ``"step"``: each row by its L1 norm; a row of zeros
    stays. ``"inseq"``: the same, with Inseq's floor of 1e-12 under the norm. None: raw.
    """
    if how is None or (how == "auto" and (method.signed or method.attention)):
        return rows.astype(np.float32)
    total = np.nansum(np.abs(rows), axis=1, keepdims=True, dtype=np.float64)
    floor = _INSEQ_EPSILON if how == "inseq" else np.finfo(np.float64).tiny
    return (rows / np.maximum(total, floor)).astype(np.float32)


def inseq_method(name: str) -> str:
    """Return the method whose rows Inseq shows under *name*: its input_x_gradient table is of L2 norms."""
    return "input_x_gradient_l2" if name == "input_x_gradient" else name
