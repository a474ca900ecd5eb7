"""A model behind an API: it writes, and reads texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload
from urllib.parse import urlsplit

import numpy as np

from attrwidget.checks import check_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.explanations import Explanations
from attrwidget.remote.explanation import RemoteExplanation
from attrwidget.remote.reading import RemoteReading
from attrwidget.remote.trace import RemoteTrace

if TYPE_CHECKING:
    from attrwidget.remote.echo import Echo
    from attrwidget.remote.server import CompletionsServer

_NEW_TOKENS = 20
_NEAR = 0.5  # of the likeliest token's probability: rounding may have changed which it is
_SAME = 1e-4  # nats that two readings of one text may differ by
_STALE = (
    "The server read the same text twice, and the log-probabilities of {!r} differ by {:.2g}: scores of that size are "
    "noise. A prefix cache, or what else is read in a batch, can do that; see the server's options."
)
_OTHER_SPLIT = "The server split the same text into other tokens the second time: trust no score."
_WRITTEN = (
    "The server reads this answer otherwise than it wrote it, and the reading is explained: log-probabilities "
    "of {!r} differ by {:.2g}."
)
_NOT_THEIRS = (
    "The server of {!r} gives log-probabilities that are not those of the tokens: it wrote {} as the likeliest, and "
    "gives it a probability of {:.2g}. llama-cpp-python's server does so for models without a beginning token: take "
    "another one."
)
_WRITTEN_OTHER_SPLIT = (
    "The server reads this answer in other tokens than it wrote it in, and the reading is explained."
)


class RemoteModel:
    """A model behind a completions server; made by ``attrwidget.connect``.

    Example:
        >>> model = aw.connect("http://localhost:8000/v1", "gpt2")
        >>> model.explain("The capital of Japan is", max_new_tokens=2)
    """

    def __init__(self, server: CompletionsServer, address: str) -> None:
        self._server, self._host = server, urlsplit(address).hostname or ""

    def __repr__(self) -> str:
        return f"RemoteModel({self.name!r}, at {self._host!r}, {self.requests} requests)"

    @property
    def name(self) -> str:
        """The name by which the server knows it."""
        return self._server.name

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._server.requests

    @overload
    def explain(
        self, prompt: str, *, max_new_tokens: int | None = None, output: str | None = None
    ) -> RemoteExplanation: ...
    @overload
    def explain(
        self, prompt: list[str], *, max_new_tokens: int | None = None, output: str | None = None
    ) -> Explanations[RemoteExplanation]: ...
    def explain(
        self, prompt: str | list[str], *, max_new_tokens: int | None = None, output: str | None = None
    ) -> RemoteExplanation | Explanations[RemoteExplanation]:
        """Let the model answer a prompt, or read the answer given, and return why.

        It takes three requests, or two with *output*: the answer is written, and read twice. Scores take more when they
        are asked for.

        Args:
            prompt: A text, as the model reads it: of a chat model, with its template. Several of them give a list.
            max_new_tokens: How many tokens the model writes at most; 20 by default.
            output: The answer to explain instead of the model's own; mostly it begins with a space.

        Returns:
            The explanation, or a list of them.

        Raises:
            AttrWidgetError: The server gives no answer, no log-probabilities or no echo of the prompt.

        Example:
            >>> model.explain("The capital of Japan is", output=" Tokyo")
        """
        if isinstance(prompt, list):
            return Explanations(
                [self.explain(one, max_new_tokens=max_new_tokens, output=output) for one in prompt]
            )
        _require_text(prompt, "A prompt")
        if output is None:
            count = _NEW_TOKENS if max_new_tokens is None else check_whole(max_new_tokens, "max_new_tokens")
            if count < 1:
                raise AttrWidgetError(f"max_new_tokens= is a whole number above 0, not {count}.")
            text, written, cut_short = self._server.write(prompt, count)
        elif max_new_tokens is not None:
            raise AttrWidgetError("output= is read, not written: leave out max_new_tokens=.")
        else:
            _require_text(output, "output=")
            text, written, cut_short = prompt + output, None, False
        if text == prompt:
            raise AttrWidgetError(f"{self.name} wrote nothing, so there is nothing to explain.")
        echo = self._server.read(text)
        again = self._server.read(text)
        trace = RemoteTrace(self._server, echo, len(prompt), cut_short=cut_short)
        warnings = [_unequal(trace, again, _STALE, _OTHER_SPLIT)]
        if written is not None:
            _require_likeliest(trace)
            warnings.append(_unequal(trace, written, _WRITTEN, _WRITTEN_OTHER_SPLIT))
        return RemoteExplanation(RemoteReading(trace, list(filter(None, warnings))))


def _require_text(value: Any, what: str) -> None:
    if not isinstance(value, str) or not value:
        raise AttrWidgetError(f"{what} for a model behind a server is a text, not {short(value)}.")


def _require_likeliest(trace: RemoteTrace) -> None:
    """Raise AttrWidgetError unless most of the answer, which was written so, is the likeliest when it is read."""
    echo, steps = trace.echo, range(trace.first_step, len(trace.echo))
    known = [step for step in steps if echo.top[step]]
    wrong = [step for step in known if np.exp(echo.log_probs[step]) < _NEAR * echo.top[step][0][1]]
    if 2 * len(wrong) > len(known):
        p = float(np.exp(echo.log_probs[wrong[0]]))
        raise AttrWidgetError(_NOT_THEIRS.format(trace.model.name, repr(trace.tokens.labels[wrong[0]]), p))


def _unequal(trace: RemoteTrace, other: Echo, unequal: str, split: str) -> str | None:
    """Return a warning if the answer had other log-probabilities another time, or was *split* otherwise."""
    echo, first = trace.echo, trace.first_step
    if other.starts[: len(echo)] != echo.starts:
        return split
    apart = np.abs(other.log_probs[first : len(echo)] - echo.log_probs[first:])
    if not len(apart) or not np.nanmax(apart) > _SAME:
        return None
    worst = int(np.nanargmax(apart))
    return unequal.format(trace.tokens.labels[first + worst], apart[worst])
