"""The routes of a page: what it needs first, and the answers to its requests."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.serve.queue import TOO_LONG, BusyError
from attrwidget.serve.requests import BYTES, client_of, failure, where
from attrwidget.widget import session
from attrwidget.widget.desk import BEAT_EVERY, Desk
from attrwidget.wire.frames import BEAT
from attrwidget.wire.recipe import PAGE_STEPS, read_recipe

if TYPE_CHECKING:
    import logging
    from collections.abc import AsyncIterator

    from attrwidget.serve.requests import Serving
    from attrwidget.wire.recipe import Recipe


def without_texts(record: logging.LogRecord) -> bool:
    """Take the message of an error out of what is logged of it: it may hold a client's text."""
    if record.exc_info and record.exc_info[1] is not None:
        record.msg, record.args = f"{record.getMessage()}: %s", (where(record.exc_info[1]),)
        record.exc_info = None
    return True


class Pages:
    """Answers the requests of pages.

    Args:
        serving: What the routes answer with.
    """

    def __init__(self, serving: Serving) -> None:
        self._serving, self._maker = serving, serving.maker
        self.desk = Desk(self._maker.limits.applied)
        self._open: Counter[str] = Counter()
        self._filter = partial(without_texts)  # its own, as other servers of this process have theirs

    def open(self) -> None:
        """Keep clients' texts out of the log from now on."""
        session.logger.addFilter(self._filter)

    def close(self) -> None:
        """Give up all work."""
        self.desk.close()
        session.logger.removeFilter(self._filter)

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/v1")

        @router.post("/content")
        async def content(request: Request) -> Response:
            recipe = read_recipe((await self._serving.body(request)).get("recipe"))
            return await self._serving.answered(
                request, lambda progress: self._maker.content(recipe, progress), recipe=recipe
            )

        @router.post("/page")
        async def page(request: Request) -> Response:
            body, client = await self._serving.body(request), client_of(request)
            recipe = read_recipe(body.get("recipe"))
            self._require_room(client)
            chunks = self._answered(client, recipe, body.get("op"), body.get("args"))
            return StreamingResponse(chunks, media_type=BYTES)

        return router

    def _require_room(self, client: str) -> None:
        """Raise BusyError where too many requests are under way."""
        limits = self._serving.limits
        if self._open[client] >= limits.waiting_each or self._open.total() >= limits.waiting:
            raise BusyError("The server is busy: too many requests wait already. Try again in a few seconds.")

    async def _answered(self, client: str, recipe: Recipe, op: Any, args: Any) -> AsyncIterator[bytes]:
        """Yield the answer to a request; a failure is a message too."""
        self._open[client] += 1
        try:
            async for explanation in self._explanation(client, recipe):
                if explanation is None:
                    yield BEAT
                    continue
                end = time.monotonic() + self._serving.limits.seconds

                def keep(reading: Any) -> None:
                    self._maker.cache.put(recipe.after(PAGE_STEPS[op], args), Explanation(reading))

                async with aclosing(self.desk.stream(explanation.reading, op, args, keep)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                        if time.monotonic() > end:
                            yield failure(AttrWidgetError(TOO_LONG.format(self._serving.limits.seconds)))
                            return
        except Exception as error:  # noqa: BLE001 - the client is told
            yield failure(error)
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]

    async def _explanation(self, client: str, recipe: Recipe) -> AsyncIterator[Explanation | None]:
        """Yield None while the explanation of *recipe* is made, and then the explanation."""
        found = self._maker.cache.find(recipe)
        if found is not None:
            yield found
            return

        def make(progress: Any) -> Explanation:
            with self._maker.limits.applied():
                return self._maker.explanation(recipe, progress)

        job = asyncio.ensure_future(self._serving.queue.run(client, make, recipe))
        try:
            while not (await asyncio.wait({job}, timeout=BEAT_EVERY))[0]:
                yield None
            yield await job
        finally:
            job.cancel()
