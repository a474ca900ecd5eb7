"""A server that speaks OpenAI's completions protocol, with log-probabilities and the prompt echoed."""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple

from attrwidget.errors import AttrWidgetError
from attrwidget.remote.echo import Echo, read_echo
from attrwidget.servers.server import Server, at, first_choice

_ALTERNATIVES = 5  # the most that OpenAI's protocol allows
_LEAST = 1  # token written after a text that is only read: of 0, servers make "no limit" or an error


class Answer(NamedTuple):
    """What a model wrote after a prompt.

    Attributes:
        text: The prompt and the answer.
        echo: The tokens of both.
        cut_short: Whether the answer ends because no more tokens were allowed.
    """

    text: str
    echo: Echo
    cut_short: bool


class CompletionsServer(Server):
    """A model behind a server, asked by ``client.completions.create``.

    Attributes:
        parallel: How many requests are under way at the same time, at most.
        requests: How many requests were sent; those that the client repeats by itself count once.
    """

    fewer = "give connect a smaller parallel="

    def __init__(self, client: Any, model: str | None, parallel: int) -> None:
        super().__init__(client, model)
        self.parallel, self.requests = parallel, 0
        self._seconds, self._answered, self._lock = 0.0, 0, threading.Lock()

    @property
    def seconds(self) -> float:
        """How long an answer took so far, in the mean."""
        return self._seconds / max(1, self._answered)

    def write(self, prompt: str, count: int) -> Answer:
        """Return what the model writes after *prompt*, the likeliest token each time, *count* at most."""
        choice = self._ask(prompt, count)
        text = at(choice, "text")
        if not isinstance(text, str):
            raise AttrWidgetError(f"The server of {self.name!r} answered without a text.")
        echoed = text if text.startswith(prompt) else prompt
        echo = read_echo(choice, echoed, self.name)
        return Answer(echoed, echo, at(choice, "finish_reason") == "length")

    def read(self, text: str) -> Echo:
        """Return the log-probabilities of the tokens of *text*."""
        return read_echo(self._ask(text, _LEAST), text, self.name)

    def _ask(self, prompt: str, count: int) -> Any:
        with self._lock:
            self.requests += 1
        begun = time.monotonic()
        answer = self.ask(
            self._client.completions.create,
            prompt=prompt,
            echo=True,
            logprobs=_ALTERNATIVES,
            max_tokens=count,
            temperature=0,
        )
        with self._lock:
            self._seconds += time.monotonic() - begun
            self._answered += 1
        return first_choice(answer, "completions")
