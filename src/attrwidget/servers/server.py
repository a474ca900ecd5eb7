"""Ask a server through OpenAI's client: whatever goes wrong becomes a sentence without a key in it."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from attrwidget.errors import AttrWidgetError
from attrwidget.servers.at_once import require_wanted
from attrwidget.servers.hidden_keys import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TOO_MANY = 429
_TRIES = 3  # of a request that a server sends back for its options


class Server:
    """A model behind a server.

    Args:
        client: OpenAI's client, or one with the same methods.
        model: The model's name; by default the environment's ``OPENAI_MODEL``.

    Attributes:
        name: The model's name.
    """

    optional: ClassVar[tuple[str, ...]] = ()
    """Options that are left out once the server has refused them."""
    renamed: ClassVar[Mapping[str, str]] = {}
    """Options that newer servers know by another name."""
    fewer: ClassVar[str] = "ask for less"
    """What helps against a limited rate."""

    def __init__(self, client: Any, model: str | None) -> None:
        self.name = model or os.environ.get("OPENAI_MODEL") or ""
        if not isinstance(self.name, str) or not self.name:
            raise AttrWidgetError(
                "Give model=, the name by which the server knows the model, or set OPENAI_MODEL."
            )
        self._client = client
        self._dropped: set[str] = set()
        self._limited, self._under_way = False, 0
        self._ended = threading.Condition()

    def ask(self, create: Callable[..., Any], **options: Any) -> Any:
        """Return what *create* answers for this model; leave out options that the server does not know.

        Once the server limits the rate of questions, they go one after the other.

        Raises:
            AttrWidgetError: The server gives no answer.
        """
        failure = ""
        for _ in range(_TRIES + len(self.optional)):
            known = {self._known(name): value for name, value in options.items()}
            known = {name: value for name, value in known.items() if name not in self._dropped}
            alone = False
            try:
                with self._turn() as alone:
                    require_wanted()
                    return create(model=self.name, stream=False, **known)
            except AttrWidgetError as error:
                failure = str(error)
                break
            except Exception as error:  # noqa: BLE001 - whatever a client or a server says becomes a sentence
                if getattr(error, "status_code", None) == TOO_MANY and not alone:
                    self._limited = True
                elif not self._drops(error, known):
                    failure = self._sentence(error)
                    break
        # Raised out here, so that no request with its headers hangs on the error.
        raise AttrWidgetError(failure or f"The server refuses every request for {self.name!r}.")

    def _known(self, name: str) -> str:
        return self.renamed[name] if name in self._dropped and name in self.renamed else name

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
        for name in (*self.renamed, *self.optional):
            if name in options and name in text:
                self._dropped |= {"logprobs", "top_logprobs"} if "logprobs" in name else {name}
                return True
        if "logprobs" in options and "logprobs" in self.optional:
            self._dropped |= {"logprobs", "top_logprobs"}
            return True
        return False

    def _sentence(self, error: Exception) -> str:
        kind, status = type(error).__name__, getattr(error, "status_code", None)
        words = _line(without_secrets(_said(error), *self.secrets()))
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
            TOO_MANY: f"wait, or {self.fewer}",
        }
        cure = cures.get(status or 0, "try again, or ask another server")
        what = f"refused with status {status}" if status else "sent no answer that can be read"
        return f"The server of {self.name!r} {what} ({words}): {cure}."

    def secrets(self) -> tuple[object, ...]:
        """Return the key, and the password in the base address."""
        address = str(getattr(self._client, "base_url", "") or "")
        return getattr(self._client, "api_key", None), urlsplit(address).password


def at(value: Any, *names: str) -> Any:
    """Return what is found in *value* by attributes or keys; None where it is not."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    return value


def first_choice(answer: Any, protocol: str) -> Any:
    """Return the first choice of *answer*, whatever its type; the name of the *protocol* is for the error."""
    choices = at(answer, "choices")
    if isinstance(choices, list) and choices and choices[0] is not None:
        return choices[0]
    raise AttrWidgetError(
        f"The server answered without a choice, so it does not speak OpenAI's {protocol} protocol."
    )


def _said(error: Exception) -> str:
    """Return what a server says of an error."""
    body = getattr(error, "body", None)
    inner = at(body, "error") if isinstance(body, dict) and isinstance(body.get("error"), dict) else body
    said = at(inner, "message") if isinstance(inner, dict) else None
    return said if isinstance(said, str) and said.strip() else str(error) or type(error).__name__


def _line(text: str) -> str:
    line = " ".join(text.split())
    return (line if len(line) <= 200 else line[:199] + "…").rstrip(". ")
