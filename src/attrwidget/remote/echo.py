"""A text as a completions server reads it: its tokens, where they stand, and their log-probabilities."""

from __future__ import annotations

import math
import re
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
_CONTROL = re.compile(r"<\|?[^<>\s|]+\|?>|\[/?[A-Z_]+\]")
_ROUNDING = 1e-3  # nats above 0
_AGREE = 0.5  # of the tokens, at least, must stand where the server says
_NO_LOG_PROBS = (
    "The server of {!r} gives no log-probabilities of the prompt: it must answer completions with logprobs= and echo=, "
    "as vLLM and llama-cpp-python (started with --logits_all true) do."
)
_NO_ECHO = (
    "The server of {!r} does not repeat the prompt with its answer, so changed prompts cannot be scored: it must know "
    "the option echo= of completions, as vLLM and llama-cpp-python do."
)
_ABOVE_ONE = (
    "The server of {!r} gives {:.3g} as the log-probability of {!r}, which is a probability above 1: its numbers are "
    "no log-probabilities."
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
        top: The likeliest tokens in each place, with their log-probabilities, the likeliest first.
        names_are_texts: Whether the server calls a token what it stands for, so that names can be compared with texts.
        begins_unnamed: Whether the server leaves out the first token, a control token that stands in the text.
    """

    text: str
    starts: tuple[int, ...]
    names: tuple[str, ...]
    log_probs: NDArray[np.float64]
    top: tuple[tuple[tuple[str, float], ...], ...]
    names_are_texts: bool = True
    begins_unnamed: bool = False

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
    top, begins_unnamed = at(found, "top_logprobs"), False
    if not isinstance(top, list) or len(top) != len(names):
        top = [None] * len(names)
    if (whole := _with_controls(names, text)) is not None:
        names = [name for name, _ in whole]
        values, top = (
            [None if place is None else known[place] for _, place in whole] for known in (values, top)
        )
        begins_unnamed = whole[0][1] is None
    starts = _by_names(names, text)
    by_names = starts is not None
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
    above = np.flatnonzero(log_probs > _ROUNDING)
    if len(above):
        raise AttrWidgetError(_ABOVE_ONE.format(model, log_probs[above[0]], names[above[0]]))
    likeliest = tuple(map(_likeliest, top[:count]))
    return Echo(
        text, tuple(starts[:count]), tuple(names[:count]), log_probs, likeliest, by_names, begins_unnamed
    )


def _with_controls(names: Sequence[str], text: str) -> list[tuple[str, int | None]] | None:
    """Return *names* with the control tokens of *text* filled in, each with its place in *names*, if it has one.

    llama-cpp-python calls control tokens nothing, and leaves out beginning tokens altogether. None where no control
    token is missing, or the names do not make the text with them either.
    """
    found: list[tuple[str, int | None]] = []
    at = 0
    for place, name in enumerate(names):
        control = _CONTROL.match(text, at)
        while control and name and not text.startswith(name, at):
            found.append((control.group(), None))
            at = control.end()
            control = _CONTROL.match(text, at)
        if at < len(text) and not (text.startswith(name, at) or name.startswith(text[at:])):
            return None
        found.append((control.group() if control and not name else name, place))
        at += len(found[-1][0])
    changed = len(found) > len(names) or any(
        name != names[place] for name, place in found if place is not None
    )
    return found if changed and at >= len(text) else None


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
    pairs = [(token, min(0.0, value)) for token, value in known.items() if not math.isnan(value)]
    return tuple(sorted(pairs, key=lambda pair: -pair[1]))
