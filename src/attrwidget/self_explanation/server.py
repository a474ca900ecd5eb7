"""A server that speaks OpenAI's chat protocol as what is asked, through the official client."""

from __future__ import annotations

import json
import math
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attrwidget.errors import AttrWidgetError
from attrwidget.self_explanation.chat import Reply
from attrwidget.self_explanation.hidden_keys import without, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.self_explanation.chat import Alternatives, Message

_INSTALL = (
    "A server is asked through OpenAI's client, which is not installed: pip install 'attrwidget[chat]'."
)
_SECONDS = 60.0
_TRIES = 3  # of a request that a server sends back for its options
_ALTERNATIVES = 20  # the most that the protocol allows
_BEGINNING = 4  # tokens among which an answer begins: some models write a line break first
_OPTIONAL = ("seed", "logprobs", "top_logprobs", "temperature")
_TOO_MANY = 429
_WORDS = {"max_tokens": "max_completion_tokens"}  # of newer models


def open_client(address: str | None) -> Any:
    """Return OpenAI's client for a base *address*, or the one that ``OPENAI_BASE_URL`` and its key say."""
    try:
        import openai
    except ImportError:
        raise AttrWidgetError(_INSTALL) from None
    if address is not None and urlsplit(address).scheme not in ("http", "https"):
        raise AttrWidgetError(
            f"The base address of a server begins with http:// or https://, not {without_secrets(address)!r}: such as "
            "'http://localhost:8000/v1'."
        )
    key = os.environ.get("OPENAI_API_KEY") or None
    if key is None and address is None and not os.environ.get("OPENAI_BASE_URL"):
        raise AttrWidgetError(
            "No server is known: give its base address, such as 'http://localhost:8000/v1', or set OPENAI_BASE_URL, or "
            "OPENAI_API_KEY for OpenAI's own."
        )
    return openai.OpenAI(base_url=address, api_key=key or "none", timeout=_SECONDS)


class ServerChat:
    """A model behind a server.

    Args:
        client: OpenAI's client, or one with the same ``chat.completions.create``.
        model: The model's name; by default the environment's ``OPENAI_MODEL``.
    """

    at_once = True

    def __init__(self, client: Any, model: str | None) -> None:
        self.name = model or os.environ.get("OPENAI_MODEL") or ""
        if not self.name:
            raise AttrWidgetError(
                "Give model=, the name by which the server knows the model, or set OPENAI_MODEL."
            )
        self._client = client
        self._dropped: set[str] = set()
        self._limited, self._under_way = False, 0
        self._ended = threading.Condition()

    def reply(self, messages: Sequence[Message], *, tokens: int, temperature: float, seed: int) -> Reply:
        """Return what the model writes."""
        choice = self._ask(messages, max_tokens=tokens, temperature=temperature, seed=seed)
        text = _at(choice, "message", "content")
        if not isinstance(text, str):
            text = _at(choice, "message", "refusal")
        if not isinstance(text, str):
            text = ""
        return Reply(without(text, *self._secrets()), finished=_at(choice, "finish_reason") != "length")

    def first_tokens(self, messages: Sequence[Message]) -> Alternatives:
        """Return the alternatives of the first token that is no space, where the server gives them."""
        if "logprobs" in self._dropped:
            return ()
        choice = self._ask(
            messages, max_tokens=_BEGINNING, temperature=0, logprobs=True, top_logprobs=_ALTERNATIVES
        )
        places = _at(choice, "logprobs", "content")
        for place in places if isinstance(places, list) else []:
            token = _at(place, "token")
            if isinstance(token, str) and token.strip():
                return tuple(_alternatives(_at(place, "top_logprobs")))
        self._dropped |= {"logprobs", "top_logprobs"}
        return ()

    def _ask(self, messages: Sequence[Message], **options: Any) -> Any:
        """Return the first choice of an answer; leave out options that the server does not know.

        Once the server limits the rate of questions, they go one after the other.
        """
        failure = ""
        for _ in range(_TRIES + len(_OPTIONAL)):
            known = {_WORDS[k] if k in self._dropped and k in _WORDS else k: v for k, v in options.items()}
            known = {name: value for name, value in known.items() if name not in self._dropped}
            alone = False
            try:
                with self._turn() as alone:
                    answer = self._client.chat.completions.create(
                        model=self.name, messages=list(messages), stream=False, **known
                    )
                return _choice(answer)
            except AttrWidgetError as error:
                failure = str(error)
                break
            except Exception as error:  # noqa: BLE001 - whatever a client or a server says becomes a sentence
                if getattr(error, "status_code", None) == _TOO_MANY and not alone:
                    self._limited = True
                elif not self._drops(error, known):
                    failure = self._sentence(error)
                    break
        # Raised out here, so that no request with its headers hangs on the error.
        raise AttrWidgetError(failure or f"The server refuses every request for {self.name!r}.")

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Wait until a question may be asked; yield whether it is the only one."""
        with self._ended:
            self._ended.wait_for(lambda: not (self._limited and self._under_way))
            self._under_way += 1
            alone = self._limited
        try:
            yield alone
        finally:
            with self._ended:
                self._under_way -= 1
                self._ended.notify_all()

    def _drops(self, error: Exception, options: dict[str, Any]) -> bool:
        """Return whether to ask again without an option, as the server refused it."""
        if getattr(error, "status_code", None) not in (400, 422):
            return False
        text = str(error)
        for name in ("max_tokens", *_OPTIONAL):
            if name in options and name in text:
                self._dropped |= {"logprobs", "top_logprobs"} if "logprobs" in name else {name}
                return True
        if "logprobs" in options:
            self._dropped |= {"logprobs", "top_logprobs"}
            return True
        return False

    def _sentence(self, error: Exception) -> str:
        kind, status = type(error).__name__, getattr(error, "status_code", None)
        words = _line(without_secrets(_said(error), *self._secrets()))
        if kind == "APITimeoutError":
            return (
                f"The server did not answer about {self.name!r} in time: try again, or give a client with more, as in "
                "OpenAI(timeout=300)."
            )
        if kind == "APIConnectionError":
            return f"The server of {self.name!r} cannot be reached: check its base address, and that it runs."
        cures = {
            401: "check the key in OPENAI_API_KEY",
            403: "check the key in OPENAI_API_KEY, and what it allows",
            404: "check the name of the model and the base address, which often ends with /v1",
            _TOO_MANY: "wait, or ask for fewer samples",
        }
        cure = cures.get(status or 0, "try again, or ask another server")
        what = f"refused with status {status}" if status else "sent no answer that can be read"
        return f"The server of {self.name!r} {what} ({words}): {cure}."

    def _secrets(self) -> tuple[object, ...]:
        """Return the key, and the password in the base address."""
        address = str(getattr(self._client, "base_url", "") or "")
        return getattr(self._client, "api_key", None), urlsplit(address).password


def _choice(answer: Any) -> Any:
    """Return the first choice of *answer*, whatever its type, or of a stream, which some servers send unasked."""
    if isinstance(answer, str):
        return _streamed(answer)
    choices = _at(answer, "choices")
    if isinstance(choices, list) and choices and choices[0] is not None:
        return choices[0]
    raise AttrWidgetError(
        "The server answered without a choice, so it does not speak OpenAI's chat protocol."
    )


def _streamed(answer: str) -> dict[str, Any]:
    pieces, reason = [], None
    for line in answer.splitlines():
        if not line.startswith("data:"):
            continue
        try:
            choices = _at(json.loads(line[5:]), "choices")
        except (ValueError, RecursionError):
            continue
        choice = choices[0] if isinstance(choices, list) and choices else None
        piece = _at(choice, "delta", "content")
        pieces.append(piece if isinstance(piece, str) else "")
        reason = _at(choice, "finish_reason") or reason
    if not pieces:
        raise AttrWidgetError("The server answered with a page, not with a chat: check its base address.")
    return {"message": {"content": "".join(pieces)}, "finish_reason": reason}


def _alternatives(found: Any) -> list[tuple[str, float]]:
    pairs = [(_at(one, "token"), _at(one, "logprob")) for one in (found if isinstance(found, list) else [])]
    return [
        (token, math.exp(min(0.0, float(logprob))))
        for token, logprob in pairs
        if isinstance(token, str) and isinstance(logprob, int | float) and not math.isnan(logprob)
    ]


def _at(value: Any, *names: str) -> Any:
    """Return what is found in *value* by attributes or keys; None where it is not."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    return value


def _said(error: Exception) -> str:
    """Return what a server says of an error."""
    body = getattr(error, "body", None)
    inner = _at(body, "error") if isinstance(body, dict) and isinstance(body.get("error"), dict) else body
    said = _at(inner, "message") if isinstance(inner, dict) else None
    return said if isinstance(said, str) and said.strip() else str(error) or type(error).__name__


def _line(text: str) -> str:
    line = " ".join(text.split())
    return (line if len(line) <= 200 else line[:199] + "…").rstrip(". ")
