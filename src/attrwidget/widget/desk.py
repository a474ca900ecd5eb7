"""Answer the pages of many visitors over live readings, each request as a stream of bytes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from attrwidget.page.content import VERSION
from attrwidget.page.frames import BEAT, frame
from attrwidget.widget.session import Session
from attrwidget.widget.worker import Workers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from attrwidget.results.base import Reading

_BEAT_EVERY = 0.1  # seconds


class Desk:
    """Answers requests, the cheapest of all visitors first: a long one is interrupted, and goes on later."""

    def __init__(self) -> None:
        self._workers = Workers.named("attrwidget-served")

    async def stream(
        self,
        reading: Reading,
        op: Any,
        args: Mapping[str, Any],
        replaced: Callable[[Reading], None] = lambda _: None,
    ) -> AsyncIterator[bytes]:
        """Yield the messages that answer a request: progress, then the answer or a failure; see ``read_frames``.

        A beat comes now and then, so that whoever reads can give up; closing the stream cancels the request.

        Args:
            reading: What the request is about.
            op: The operation.
            args: Its arguments.
            replaced: Called before the answer with the reading that it brought, if any.
        """
        loop = asyncio.get_running_loop()
        sent: asyncio.Queue[tuple[dict[str, Any], list[bytes]]] = asyncio.Queue()
        session = Session(reading, lambda *message: _put(loop, sent, message), workers=self._workers)
        # Checking a request may wait for the model, and nobody else should wait for that.
        await asyncio.to_thread(session.receive, {"v": VERSION, "id": 0, "op": op, "args": args})
        try:
            while True:
                try:
                    message, buffers = await asyncio.wait_for(sent.get(), _BEAT_EVERY)
                except TimeoutError:
                    yield BEAT
                    continue
                if message.get("ok") and session.reading is not reading:
                    replaced(session.reading)
                yield frame(message, b"".join(buffers))
                if "ok" in message:
                    return
        finally:
            session.receive({"v": VERSION, "id": 0, "op": "cancel"})

    def close(self) -> None:
        """Give up all work."""
        self._workers.close()


def _put(loop: asyncio.AbstractEventLoop, queue: asyncio.Queue[Any], item: Any) -> None:
    """Put *item* into *queue* from any thread; nobody waits for it once the loop has ended."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(queue.put_nowait, item)
