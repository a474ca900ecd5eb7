"""What a server answered, kept so that it is not asked again: rows of scores, and what all heads gave last."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from attrwidget.page.server import Reply

_MOST = 2000  # rows of scores


@dataclass(frozen=True)
class Row:
    """A row of scores, the footnote on it, and what it adds up from and to, where there is one."""

    scores: NDArray[np.float32]
    note: str | None
    sums: tuple[float, float] | None


class KeptAnswers:
    """The newest answers to the requests of one page."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._heads: dict[tuple[int, ...], Reply] = {}
        self._lock = threading.Lock()

    def row(self, selection: Mapping[str, Any], step: int) -> Row | None:
        """Return a row by its method, layer, heads and rule; of methods without heads, a page sends no layer."""
        return self._rows.get(_key(selection, step))

    def has_heads(self, steps: Sequence[int]) -> bool:
        """Return whether what heads give to *steps* is kept."""
        return tuple(steps) in self._heads

    def answer(self, op: str, args: Mapping[str, Any]) -> Reply | None:
        """Return the answer to a request for what all heads give, if it is kept."""
        return self._heads.get(_all_heads(op, args))

    def keep(self, op: str, args: Mapping[str, Any], reply: Reply) -> None:
        """Keep rows of scores, and what all heads give."""
        if steps := _all_heads(op, args):
            self._heads = {steps: reply}
        if op != "scores" or args.get("foil") is not None:
            return
        rows, none = table_of(reply), [None] * len(args["steps"])
        notes, sums = reply.meta.get("notes", none), reply.meta.get("sums", none)
        for step, values, note, pair in zip(args["steps"], rows, notes, sums, strict=True):
            both = None if pair is None else (float(pair[0]), float(pair[1]))
            with self._lock:
                self._rows[_key(args, step)] = Row(values, note, both)
                if len(self._rows) > _MOST:
                    del self._rows[next(iter(self._rows))]


def table_of(reply: Reply) -> NDArray[np.float32]:
    """Return the rows of scores in *reply*."""
    values = np.frombuffer(reply.buffer, dtype="<f4")
    return values.reshape(reply.meta["rows"], reply.meta["cols"])


def _all_heads(op: str, args: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the steps of a request for what all heads give from all inputs; none of another."""
    if op != "heads" or args.get("input") is not None or args.get("foil") is not None:
        return ()
    steps = args.get("steps")
    return tuple(steps) if isinstance(steps, list) and all(isinstance(s, int) for s in steps) else ()


def _key(selection: Mapping[str, Any], step: int) -> str:
    return json.dumps([selection[name] for name in ("method", "layer", "heads", "head_rule")] + [int(step)])
