"""``ServedServer``: asks an ``attrwidget serve`` by HTTP."""

from __future__ import annotations

import http.client
import json
import secrets
import selectors
import ssl
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.servers.address import read_address, require_key
from attrwidget.wire.frames import read_answer
from attrwidget.wire.values import unpack

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from attrwidget.progress import Progress

SECONDS = 600.0
"""How long an answer is waited for."""
_CONNECT = 10.0  # seconds
_BEAT = 0.1  # seconds between looks at what the caller wishes
_CHUNK = 1 << 16
_LARGEST = 256 << 20  # bytes of an answer
_NOT_NOW = (502, 503, 504)  # what a proxy says of a server that is away, and uvicorn of too many connections


class AwayError(AttrWidgetError):
    """The server at *host* does not answer, and *why*, or what is wrong with its answer."""

    def __init__(self, host: str, why: str) -> None:
        self.host, self.why = host, why
        super().__init__(
            f"The server at {host} does not answer ({why}): what it answered before stays, and the same call works "
            "once it is back."
        )


class ServedServer:
    """The server of a model.

    A request is one connection, and carries all that it needs: nothing is lost when the server is started again.

    Args:
        address: Where it is, such as ``"http://localhost:8900"``.
        token: The token that it asks for, if any.
        timeout: Seconds to wait for an answer.

    Attributes:
        host: The name of its machine, for sentences.
    """

    def __init__(self, address: str, token: str | None = None, timeout: float = SECONDS) -> None:
        parts, host = read_address(address, "http://localhost:8900")
        if parts.password is not None:
            raise AttrWidgetError("The address of a server holds no password: give it as api_key=.")
        require_key(token, "The token of a server")
        self.host = host if parts.port is None else f"{host}:{parts.port}"
        self._https, self._name, self._port = parts.scheme == "https", host, parts.port
        self._path, self._token, self._timeout = parts.path.rstrip("/"), token, timeout
        self._client = secrets.token_hex(8)  # the server takes turns by it

    def post(
        self, path: str, body: Mapping[str, Any], progress: Progress | None = None
    ) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Send *body* as JSON, and return the JSON and the arrays of the answer.

        Args:
            path: The route, such as ``"/v1/explain"``.
            body: The request.
            progress: Called several times a second with ``(done, total)``, which is (0, 1) until the work has begun; an
                exception raised in it gives the request up, and the server stops its work.

        Raises:
            AwayError: The server does not answer.
            AttrWidgetError: It refuses, with its sentence.
        """
        if progress is None:
            with self.opened("POST", path, body) as chunks:
                return unpack(b"".join(chunks))
        with self.opened("POST", path, {**body, "count": True}, progress) as chunks:
            return unpack(read_answer(chunks, progress)[1])

    def get(self, path: str) -> dict[str, Any]:
        """Return the JSON of a route; see ``post``."""
        with self.opened("GET", path) as chunks:
            found = _read_json(b"".join(chunks))
        if not isinstance(found, dict):
            raise AttrWidgetError(f"The server at {self.host} is no attrwidget server.")
        return found

    @contextmanager
    def opened(
        self,
        verb: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Iterator[bytes]]:
        """Open the answer of a request as a stream of bytes; see ``post``. Leaving the block ends the connection."""
        kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
        connection = kind(self._name, self._port, timeout=_CONNECT)
        try:
            answer = self._ask(connection, verb, path, body, progress)
            if answer.status in _NOT_NOW:
                raise AwayError(self.host, f"status {answer.status}")
            if answer.status != 200:
                raise AttrWidgetError(self._refusal(answer))
            yield self._chunks(answer)
        except (OSError, ssl.SSLError, http.client.HTTPException) as error:
            raise AwayError(self.host, _reason(error)) from None
        finally:
            connection.close()

    def _ask(
        self,
        connection: http.client.HTTPConnection,
        verb: str,
        path: str,
        body: Mapping[str, Any] | None,
        progress: Progress | None,
    ) -> http.client.HTTPResponse:
        headers = {"X-Client": self._client, "Connection": "close", "Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else _json(body).encode()
        connection.request(verb, self._path + path, data, headers)
        self._wait(connection.sock, progress)
        return connection.getresponse()

    def _wait(self, sock: socket.socket, progress: Progress | None) -> None:
        """Return when the answer begins; *progress* is called meanwhile."""
        end = time.monotonic() + self._timeout
        with selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_READ)
            while not selector.select(_BEAT):
                if progress is not None:
                    progress(0, 1)
                if time.monotonic() > end:
                    raise AttrWidgetError(
                        f"The server at {self.host} gave no answer within {self._timeout:g} s: ask for less, or give "
                        "connect() a longer timeout=."
                    )
        sock.settimeout(self._timeout)

    def _chunks(self, answer: http.client.HTTPResponse) -> Iterator[bytes]:
        size = 0
        while chunk := answer.read1(_CHUNK):
            size += len(chunk)
            if size > _LARGEST:
                raise AttrWidgetError(f"The answer has more than {_LARGEST >> 20} MB: ask for less.")
            yield chunk
        if answer.length:
            raise AwayError(self.host, "its answer was cut short")

    def _refusal(self, answer: http.client.HTTPResponse) -> str:
        found = _read_json(answer.read(_CHUNK))
        sentence = found.get("error") if isinstance(found, dict) else None
        if isinstance(sentence, str):
            return sentence
        return f"The server at {self.host} answers {answer.status}, and is no attrwidget server."


def _json(body: Mapping[str, Any]) -> str:
    try:
        return json.dumps(body, allow_nan=False)
    except ValueError:
        raise AttrWidgetError(
            "Numbers that go to a server are finite: give no NaN and no infinity."
        ) from None


def _read_json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, TimeoutError):
        return "it takes too long"
    if isinstance(error, http.client.HTTPException | ConnectionError):
        return "the connection broke"
    return str(error.strerror or type(error).__name__) if isinstance(error, OSError) else type(error).__name__
