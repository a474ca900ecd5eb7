"""A text as a completions server reads it: its tokens, where they stand, and their log-probabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.servers.server import at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MOST_BEGINS = 2  # tokens that a server may write before a text
_AGREE = 0.5  # of the tokens, at least, must stand where the server says
_NO_LOG_PROBS = (
    "The server of {!r} gives no log-probabilities of the prompt: it must answer completions with logprobs= and echo=, "
    "as vLLM and llama-cpp-python (started with --logits_all true) do."
)
_NO_ECHO = (
    "The server of {!r} does not repeat the prompt with its answer, so changed prompts cannot be scored: it must know "
    "the option echo= of completions, as vLLM and llama-cpp-python do."
)
_OTHER_TEXT = "The server of {!r} splits the text into tokens that do not make the text again, such as {!r}."


@dataclass(frozen=True)
class Echo:
    """The tokens of a text in their order; control tokens before it have no text.

    Attributes:
        text: The text.
        starts: Where each token begins in the text; one ends where the next begins.
        names: What the server calls each token.
        log_probs: The log-probability of each token (nats), float64; NaN where it is not known, as of the first.
        top: The likeliest tokens in each place, with their probabilities, the likeliest first.
    """

    text: str
    starts: tuple[int, ...]
    names: tuple[str, ...]
    log_probs: NDArray[np.float64]
    top: tuple[tuple[tuple[str, float], ...], ...]

    def __len__(self) -> int:
        return len(self.starts)

    def span(self, token: int) -> tuple[int, int]:
        """Return where *token* begins and ends in the text."""
        last = token + 1 == len(self)
        return self.starts[token], len(self.text) if last else self.starts[token + 1]


def read_echo(choice: Any, text: str, model: str) -> Echo:
    """Return how a server reads *text*, the beginning of what its *choice* echoes; what it wrote after it is left out.

    Raises:
        AttrWidgetError: There are no log-probabilities, or they are not those of the text.
    """
    found = at(choice, "logprobs")
    names, values = at(found, "tokens"), at(found, "token_logprobs")
    if not _are_strings(names) or not isinstance(values, list) or len(values) != len(names) or not names:
        raise AttrWidgetError(_NO_LOG_PROBS.format(model))
    starts = _by_names(names, text)
    if starts is None:
        starts = _by_offsets(names, at(found, "text_offset"), text)
    if starts is None:
        echoed = at(choice, "text")
        if not isinstance(echoed, str) or not echoed.startswith(text):
            raise AttrWidgetError(_NO_ECHO.format(model))
        raise AttrWidgetError(_OTHER_TEXT.format(model, "".join(names[:3])))
    count = sum(start < len(text) for start in starts)
    log_probs = np.array([_number(value) for value in values[:count]])
    if np.isnan(log_probs[1:]).all() and count > 1:
        raise AttrWidgetError(_NO_LOG_PROBS.format(model))
    top = at(found, "top_logprobs")
    likely = top if isinstance(top, list) and len(top) == len(names) else [None] * len(names)
    return Echo(
        text, tuple(starts[:count]), tuple(names[:count]), log_probs, tuple(map(_likeliest, likely[:count]))
    )


def _by_names(names: Sequence[str], text: str) -> list[int] | None:
    """Return where the tokens begin if their names make the text, after control tokens that stand before it."""
    for begins in range(min(_MOST_BEGINS, len(names) - 1) + 1):
        if "".join(names[begins:]).startswith(text):
            return [0] * begins + [0, *accumulate(map(len, names[begins:]))][:-1]
    return None


def _by_offsets(names: Sequence[str], offsets: Any, text: str) -> list[int] | None:
    """Return where the tokens begin by the server's *offsets*; None unless most stand there."""
    if not isinstance(offsets, list) or len(offsets) != len(names):
        return None
    if not all(isinstance(offset, int) and not isinstance(offset, bool) for offset in offsets):
        return None
    if offsets[0] != 0 or any(b < a for a, b in pairwise(offsets)):
        return None
    inside = [(name, start) for name, start in zip(names, offsets, strict=True) if start < len(text)]
    right = sum(text.startswith(name, start) for name, start in inside)
    return offsets if right >= _AGREE * len(inside) else None


def _are_strings(names: Any) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else math.nan


def _likeliest(found: Any) -> tuple[tuple[str, float], ...]:
    known = {token: _number(value) for token, value in found.items()} if isinstance(found, dict) else {}
    pairs = [(token, math.exp(min(0.0, value))) for token, value in known.items() if not math.isnan(value)]
    return tuple(sorted(pairs, key=lambda pair: -pair[1]))
