"""Have a server score a text with parts of it deleted: one request for each text, several at the same time."""

from __future__ import annotations

from bisect import bisect_right
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.servers.at_once import at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from attrwidget.remote.echo import Echo
    from attrwidget.remote.server import CompletionsServer

    LogProbs = NDArray[np.float64]
    Read = Callable[[LogProbs], Any]
    Spans = Sequence[tuple[int, int] | None]


class RemotePerturber:
    """The log-probability of each step of a text, with and without some of its tokens.

    Args:
        server: Who is asked.
        echo: The unchanged text.
        first_step: The first token of the answer.

    Attributes:
        known: The log-probabilities ``[steps]`` by changed text and deleted steps: nothing is asked twice.
        split_otherwise: How many changed texts had the answer split into other tokens.
    """

    def __init__(self, server: CompletionsServer, echo: Echo, first_step: int) -> None:
        self._server, self._echo, self._first_step = server, echo, first_step
        self.known: dict[tuple[str, tuple[bool, ...]], LogProbs] = {}
        self.split_otherwise = 0

    def unchanged(self, read: Read) -> Any:
        """Return *read* of the unchanged text."""
        return read(self._echo.log_probs[self._first_step :])

    def batch(self, groups: Sequence[Collection[int]], read: Read) -> list[Any]:
        """Return *read* of the text without each of the first *groups* of tokens, as many as are asked at once."""
        some = groups[: self._server.parallel]
        with at_once([partial(self.without, group) for group in some], self._server.parallel) as found:
            return [read(log_probs) for log_probs in found]

    def forget(self) -> None:
        """Keep what is known: a changed text costs a request."""

    def without(self, group: Collection[int]) -> LogProbs:
        """Return the log-probabilities ``[steps]`` without a *group* of tokens; NaN where there is none."""
        text, spans = self._deleted(set(group))
        key = text, tuple(span is None for span in spans)
        if key not in self.known:
            self.known[key] = self._scored(text, spans)
        return self.known[key]

    def _deleted(self, gone: set[int]) -> tuple[str, Spans]:
        """Return the text without the tokens *gone*, and where it has each step."""
        pieces: list[str] = []
        spans: list[tuple[int, int] | None] = []
        length = 0
        for token in range(len(self._echo)):
            start, end = self._echo.span(token)
            piece = "" if token in gone else self._echo.text[start:end]
            if token >= self._first_step:
                spans.append(None if token in gone else (length, length + len(piece)))
            pieces.append(piece)
            length += len(piece)
        return "".join(pieces), spans

    def _scored(self, text: str, spans: Spans) -> LogProbs:
        if not text or all(span is None for span in spans):
            return np.full(len(spans), np.nan)
        log_probs, same = of_spans(self._server.read(text), spans)
        self.split_otherwise += not same
        return log_probs


def of_spans(echo: Echo, spans: Spans) -> tuple[LogProbs, bool]:
    """Return the log-probabilities ``[steps]`` of stretches of a text, and whether each is a token of its own.

    Where a server splits a changed text into other tokens, a token counts for the first stretch that it has a part of:
    all together keep their joint probability.
    """
    begins = [span[0] for span in spans if span is not None]
    steps = [step for step, span in enumerate(spans) if span is not None]
    ends = [span[1] for span in spans if span is not None]
    found, count = np.zeros(len(spans)), np.zeros(len(spans), dtype=int)
    found[[step for step, span in enumerate(spans) if span is None]] = np.nan
    same = True
    for token in range(len(echo)):
        start, end = echo.span(token)
        # The first stretch that ends after the token begins.
        at = bisect_right(ends, start)
        if start == end or at == len(steps) or begins[at] >= end:
            continue
        found[steps[at]] += echo.log_probs[token]
        count[steps[at]] += 1
        same &= (start, end) == (begins[at], ends[at])
    return found, same and bool((count[steps] == 1).all())
