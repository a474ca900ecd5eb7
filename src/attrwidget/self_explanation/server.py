"""A server that speaks OpenAI's chat protocol as what is asked, through the official client."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.self_explanation.chat import Reply, whole_characters
from attrwidget.servers.hidden_keys import without
from attrwidget.servers.server import Server, at, first_choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.self_explanation.chat import Alternatives, Message

_ALTERNATIVES = 20  # the most that the protocol allows
_BEGINNING = 4  # tokens among which an answer begins: some models write a line break first


class ServerChat(Server):
    """A chat model behind a server, asked by ``client.chat.completions.create``."""

    at_once = True
    optional = ("seed", "logprobs", "top_logprobs", "temperature")
    renamed = {"max_tokens": "max_completion_tokens"}  # noqa: RUF012 - never changed
    fewer = "ask for fewer samples"

    def reply(self, messages: Sequence[Message], *, tokens: int, temperature: float, seed: int) -> Reply:
        """Return what the model writes."""
        choice = self._ask(messages, max_tokens=tokens, temperature=temperature, seed=seed)
        text = at(choice, "message", "content")
        if not isinstance(text, str):
            text = at(choice, "message", "refusal")
        if not isinstance(text, str):
            text = ""
        said = whole_characters(without(text, *self.secrets()))
        return Reply(said, finished=at(choice, "finish_reason") != "length")

    def first_tokens(self, messages: Sequence[Message]) -> Alternatives:
        """Return the alternatives of the first token that is no space, where the server gives them."""
        if "logprobs" in self._dropped:
            return ()
        choice = self._ask(
            messages, max_tokens=_BEGINNING, temperature=0, logprobs=True, top_logprobs=_ALTERNATIVES
        )
        places = at(choice, "logprobs", "content")
        for place in places if isinstance(places, list) else []:
            token = at(place, "token")
            if isinstance(token, str) and token.strip():
                return tuple(_alternatives(at(place, "top_logprobs")))
        self._dropped |= {"logprobs", "top_logprobs"}
        return ()

    def _ask(self, messages: Sequence[Message], **options: Any) -> Any:
        """Return the first choice of an answer, or of a stream, which some servers send unasked."""
        create = self._client.chat.completions.create
        answer = self.ask(create, messages=list(messages), **options)
        return _streamed(answer) if isinstance(answer, str) else first_choice(answer, "chat")


def _streamed(answer: str) -> dict[str, Any]:
    pieces, reason = [], None
    for line in answer.splitlines():
        if not line.startswith("data:"):
            continue
        try:
            choices = at(json.loads(line[5:]), "choices")
        except (ValueError, RecursionError):
            continue
        choice = choices[0] if isinstance(choices, list) and choices else None
        piece = at(choice, "delta", "content")
        pieces.append(piece if isinstance(piece, str) else "")
        reason = at(choice, "finish_reason") or reason
    if not pieces:
        raise AttrWidgetError("The server answered with a page, not with a chat: check its base address.")
    return {"message": {"content": "".join(pieces)}, "finish_reason": reason}


def _alternatives(found: Any) -> list[tuple[str, float]]:
    pairs = [(at(one, "token"), at(one, "logprob")) for one in (found if isinstance(found, list) else [])]
    return [
        (token, math.exp(min(0.0, float(logprob))))
        for token, logprob in pairs
        if isinstance(token, str) and isinstance(logprob, int | float) and not math.isnan(logprob)
    ]
