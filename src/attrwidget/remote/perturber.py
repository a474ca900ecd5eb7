"""Have a server score a text with parts of it deleted: one request for each text, several at the same time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.servers.at_once import at_once
from attrwidget.servers.once import Once

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from attrwidget.remote.echo import Echo
    from attrwidget.remote.server import CompletionsServer

    LogProbs = NDArray[np.float64]
    Spans = Sequence[tuple[int, int] | None]


_UNKNOWN = "The server gives no log-probability of {!r} in a text, only of others: it cannot be compared."


@dataclass(frozen=True)
class Scored:
    """What a server says of a text in which the steps stand at known places.

    Attributes:
        log_probs: The log-probability of each step ``[steps]``; NaN where it was deleted.
        top: The likeliest texts at the place of each step, with their log-probabilities, where they are known.
    """

    log_probs: LogProbs
    top: tuple[Mapping[str, float], ...]


class Changed:
    """The text without some of its tokens; a *read* of ``RemotePerturber`` is given it.

    Attributes:
        scored: What the server says of it.
    """

    def __init__(self, perturber: RemotePerturber, gone: Collection[int]) -> None:
        self._perturber, self._gone = perturber, gone
        self.scored = perturber.without(gone)

    @property
    def log_probs(self) -> LogProbs:
        """The log-probability of each step ``[steps]``."""
        return self.scored.log_probs

    def of_other(self, step: int, text: str) -> float:
        """Return the log-probability of *text* in the place of *step*; a request, unless it is among the likeliest."""
        known = self.scored.top[step].get(text)
        return self._perturber.of_other(self._gone, step, text) if known is None else known


class RemotePerturber:
    """The log-probability of each step of a text, with and without some of its tokens.

    Args:
        server: Who is asked.
        echo: The unchanged text.
        first_step: The first token of the answer.

    Attributes:
        split_otherwise: How many changed texts had the answer split into other tokens.
    """

    def __init__(self, server: CompletionsServer, echo: Echo, first_step: int) -> None:
        self._server, self._echo, self._first_step = server, echo, first_step
        text, spans = self._deleted(set())
        self._log_probs = echo.log_probs[first_step:]
        self._known, self._others = Once[Scored](), Once[float]()  # nothing is asked twice
        self._known.get((text, tuple(span is None for span in spans)), lambda: scored_in(echo, spans)[0])
        self.split_otherwise = 0

    def unchanged(self, read: Callable[[Changed], Any]) -> Any:
        """Return *read* of the unchanged text."""
        return read(Changed(self, ()))

    def batch(self, groups: Sequence[Collection[int]], read: Callable[[Changed], Any]) -> list[Any]:
        """Return *read* of the text without each of the first *groups* of tokens, as many as are asked at once."""
        some = groups[: self._server.parallel]
        asked = [partial(lambda group: read(Changed(self, group)), group) for group in some]
        with at_once(asked, self._server.parallel) as found:
            return list(found)

    def forget(self) -> None:
        """Keep what is known: a changed text costs a request."""

    def without(self, gone: Collection[int]) -> Scored:
        """Return what the server says of the text without the tokens *gone*."""
        text, spans = self._deleted(set(gone))
        if (
            self._echo.begins_unnamed and 0 in gone
        ):  # the server would give the others' values to other tokens
            return Scored(np.full(len(spans), np.nan), ({},) * len(spans))
        if not text:
            return Scored(np.full(len(spans), np.nan), ({},) * len(spans))

        def ask() -> Scored:
            scored, same = scored_in(self._server.read(text), spans)
            self.split_otherwise += not same
            return self._filled(scored, spans, gone)

        return self._known.get((text, tuple(span is None for span in spans)), ask)

    def _filled(self, scored: Scored, spans: Spans, gone: Collection[int]) -> Scored:
        """Return *scored* with the steps that were deleted themselves, each after what is left before it."""
        log_probs = scored.log_probs.copy()
        for step in (step for step, span in enumerate(spans) if span is None):
            place = self._first_step + step
            before = [token for token in gone if token < place]
            own = self._echo.text[slice(*self._echo.span(place))]
            log_probs[step] = self.of_other(before, step, own) if before else self._log_probs[step]
        return Scored(log_probs, scored.top)

    def of_other(self, gone: Collection[int], step: int, other: str) -> float:
        """Return the log-probability of the text *other* in the place of *step*, without the tokens *gone*."""
        before = self._text(set(gone), self._first_step + step)
        if not before or not other:
            return np.nan

        def ask() -> float:
            span = len(before), len(before) + len(other)
            scored, _ = scored_in(self._server.read(before + other), [span])
            return float(scored.log_probs[0])

        return self._others.get((before, other), ask)

    def _text(self, gone: Collection[int], end: int) -> str:
        echo = self._echo
        return "".join(echo.text[slice(*echo.span(token))] for token in range(end) if token not in gone)

    def _deleted(self, gone: Collection[int]) -> tuple[str, Spans]:
        """Return the text without the tokens *gone*, and where it has each step."""
        text = self._text(gone, self._first_step)
        spans: list[tuple[int, int] | None] = []
        for token in range(self._first_step, len(self._echo)):
            start, end = self._echo.span(token)
            piece = "" if token in gone else self._echo.text[start:end]
            spans.append(None if token in gone else (len(text), len(text) + len(piece)))
            text += piece
        return text, spans


def scored_in(echo: Echo, spans: Spans) -> tuple[Scored, bool]:
    """Return what a server says of stretches of a text, and whether each is a token of its own.

    Where a server splits a changed text into other tokens, a token counts for the first stretch that it has a part of:
    all together keep their joint probability.
    """
    begins = [span[0] for span in spans if span is not None]
    steps = [step for step, span in enumerate(spans) if span is not None]
    ends = [span[1] for span in spans if span is not None]
    found, count = np.zeros(len(spans)), np.zeros(len(spans), dtype=int)
    found[[step for step, span in enumerate(spans) if span is None]] = np.nan
    top: list[Mapping[str, float]] = [{}] * len(spans)
    same = True
    for token in range(len(echo)):
        start, end = echo.span(token)
        # The first stretch that ends after the token begins.
        at = bisect_right(ends, start)
        if start == end or at == len(steps) or begins[at] >= end:
            continue
        if token and np.isnan(echo.log_probs[token]):
            raise AttrWidgetError(_UNKNOWN.format(echo.names[token]))
        found[steps[at]] += echo.log_probs[token]
        count[steps[at]] += 1
        same &= (start, end) == (begins[at], ends[at])
        if start == begins[at] and echo.names_are_texts:
            top[steps[at]] = dict(echo.top[token])
    return Scored(found, tuple(top)), same and bool((count[steps] == 1).all())
