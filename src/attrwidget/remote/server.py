"""A server that speaks OpenAI's completions protocol, with log-probabilities and the prompt echoed."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.errors import AttrWidgetError
from attrwidget.remote.echo import Echo, read_echo
from attrwidget.servers.server import Server, at, first_choice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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

    def seconds_of(self, count: int) -> float:
        """Return about how long *count* requests take, by how long an answer took so far."""
        return self.seconds * -(-count // self.parallel)

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

    def templated(self, messages: Sequence[Mapping[str, Any]]) -> str | None:
        """Return what the chat template writes for *messages*, as vLLM's server tells it; None where it does not."""
        address, post = str(getattr(self._client, "base_url", "")), getattr(self._client, "post", None)
        if post is None or not address:
            return None
        root = address.rstrip("/").removesuffix("/v1")
        try:
            asked = {"messages": list(messages), "add_generation_prompt": True, "add_special_tokens": False}
            ids = at(self._post(post, f"{root}/tokenize", asked), "tokens")
            if not isinstance(ids, list):
                return None
            text = at(self._post(post, f"{root}/detokenize", {"tokens": ids}), "prompt")
            again = at(self._post(post, f"{root}/tokenize", {"prompt": text}), "tokens")
            if isinstance(again, list) and again[1:] == ids and again[:1] == ids[:1]:
                # The template has written the beginning token that the server adds to every text.
                text = at(self._post(post, f"{root}/detokenize", {"tokens": ids[1:]}), "prompt")
        except AttrWidgetError:
            return None
        return text if isinstance(text, str) and text else None

    def _post(self, post: Any, address: str, body: dict[str, Any]) -> Any:
        def create(**options: Any) -> Any:
            options.pop("stream")
            return post(address, cast_to=object, body={**options, **body})

        return self.ask(create)

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
