"""Read a request, have it answered in turn, and send the answer: what all routes share."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from attrwidget.errors import AttrWidgetError, Cancelled
from attrwidget.hf.model_errors import NO_MEMORY, is_out_of_memory
from attrwidget.serve.queue import BusyError, Queue
from attrwidget.serve.stream import counted
from attrwidget.wire.frames import CANCELLED, frame
from attrwidget.wire.values import pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrwidget.progress import Progress
    from attrwidget.serve.limits import ServeLimits
    from attrwidget.serve.make import Answer, Maker
    from attrwidget.wire.recipe import Recipe

logger = logging.getLogger("attrwidget.serve")

BYTES = "application/octet-stream"

_BODY_SECONDS = 20.0
_LEFT = 499  # nginx's status for a client that did not wait


class RefusedError(AttrWidgetError):
    """A request that is not looked at, with the status of its answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Serving:
    """What the routes answer with.

    Attributes:
        maker: Answers by the model.
        queue: The turns of the clients.
        limits: What is allowed.
        token: What a client must know; None lets everybody in.
    """

    maker: Maker
    queue: Queue
    limits: ServeLimits
    token: str | None

    def require_token(self, request: Request) -> None:
        """Raise RefusedError unless the request has the token."""
        if self.token is None:
            return
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            raise RefusedError(
                401,
                "The server asks for a token, and this is not it: give connect() api_key=, or set ATTRWIDGET_TOKEN.",
            )

    async def body(self, request: Request) -> dict[str, Any]:
        """Return the JSON object of a request with the token."""
        self.require_token(request)
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                data = await self._bytes(request)
        except TimeoutError:
            raise RefusedError(408, "The request came too slowly.") from None
        try:
            found = json.loads(data, parse_constant=_no_number)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise RefusedError(400, "A request is a JSON object, of finite numbers and without deep nesting.")
        return found

    async def _bytes(self, request: Request) -> bytes:
        most, found = self.limits.body, bytearray()
        async for chunk in request.stream():
            found += chunk
            if len(found) > most:
                raise RefusedError(413, f"The request is too large: this server takes up to {most:,} bytes.")
        return bytes(found)

    async def answered(
        self,
        request: Request,
        work: Callable[[Progress], Answer],
        *,
        recipe: Recipe | None = None,
        count: bool = False,
    ) -> Response:
        """Return the answer of *work*, which is done when its client's turn comes; dropped if the client leaves.

        Args:
            request: The request.
            work: Called with a progress function.
            recipe: How the explanation is made that it is about, if it is about one.
            count: Whether the client is told meanwhile how far it is: a stream, see ``counted``.
        """
        client = client_of(request)

        async def run(told: Progress) -> bytes:
            def both(progress: Progress) -> bytes:
                def report(done: int, total: int) -> None:
                    told(done, total)
                    progress(done, total)

                return pack(*work(report))

            found: bytes = await self.queue.run(client, both, recipe)
            return found

        if count:
            return StreamingResponse(counted(run, failure), media_type=BYTES)
        job = asyncio.ensure_future(run(lambda _done, _total: None))
        gone = asyncio.ensure_future(_gone(request))
        try:
            await asyncio.wait({job, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not job.done():
                return Response(status_code=_LEFT)
            return Response(await job, media_type=BYTES)
        except (AttrWidgetError, Cancelled):
            raise
        except Exception as error:  # noqa: BLE001 - a mistake of ours
            raise mistake(error) from None
        finally:
            job.cancel()
            gone.cancel()


def client_of(request: Request) -> str:
    """Return whose turn a request takes: that of its address, and of the name that the client gave itself."""
    host = request.client.host if request.client else ""
    return f"{host} {request.headers.get('x-client', '')[:32]}"


async def _gone(request: Request) -> None:
    """Return when the client has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _no_number(_name: str) -> NoReturn:
    raise ValueError


async def refusal(_request: Request, error: Exception) -> Response:
    """Return the answer to a request that failed: a sentence, without anybody's text but the client's own."""
    if isinstance(error, Cancelled):
        return _told("The request was given up.", _LEFT)
    if isinstance(error, BusyError):
        return _told(str(error), 429, {"Retry-After": "2"})
    return _told(str(error), getattr(error, "status", 400))


def _told(sentence: str, status: int, headers: dict[str, str] | None = None) -> Response:
    # Starlette's JSONResponse raises on half of a surrogate pair, which a client may have sent.
    return Response(json.dumps({"error": sentence}), status, headers, "application/json")


def failure(error: Exception) -> bytes:
    """Return the message of a stream in which a request fails."""
    known = isinstance(error, AttrWidgetError | Cancelled)
    return frame({"ok": False, "error": str(error if known else mistake(error)) or CANCELLED})


def mistake(error: Exception) -> RefusedError:
    """Return what a client is told of *error*; what is no lack of memory is logged with where it was raised."""
    if is_out_of_memory(error):
        return RefusedError(413, NO_MEMORY)
    logger.error("a request failed: %s", where(error))
    return RefusedError(500, f"The server made a mistake ({type(error).__name__}); its log says where.")


def where(error: BaseException) -> str:
    """Return the type of *error* and the lines that raised it, without its message: it may hold a client's text."""
    import traceback

    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-8:]]
    return f"{type(error).__name__} at {' < '.join(reversed(places))}"
