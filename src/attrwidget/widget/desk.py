"""Answer the pages of many visitors over live readings, each request as a stream of bytes."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.page.content import VERSION
from attrwidget.widget.session import Session
from attrwidget.widget.worker import Workers
from attrwidget.wire.frames import BEAT, frame

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping
    from contextlib import AbstractContextManager

    from attrwidget.results.base import Reading

BEAT_EVERY = 0.1  # seconds


class Desk:
    """Answers requests, the cheapest of all visitors first: a long one is interrupted, and goes on later.

    Args:
        within: Makes what surrounds each answer while it is computed.
    """

    def __init__(self, within: Callable[[], AbstractContextManager[object]] = nullcontext) -> None:
        self._within = within
        self._workers = Workers.named("attrwidget-served")

    async def stream(
        self,
        reading: Reading,
        op: Any,
        args: Mapping[str, Any],
        replaced: Callable[[Reading], None] = lambda _: None,
    ) -> AsyncGenerator[bytes, None]:
        """Yield the messages that answer a request: progress, then the answer or a failure; see ``read_frames``.

        A beat comes now and then, so that whoever reads can give up; closing the stream cancels the request.

        Args:
            reading: What the request is about.
            op: The operation.
            args: Its arguments.
            replaced: Called before the answer with the reading that it brought, if any.

        Raises:
            AttrWidgetError: It is no request that has an answer.
        """
        if op == "cancel":
            raise AttrWidgetError("A request is given up by closing its stream, not by another request.")
        loop = asyncio.get_running_loop()
        sent: asyncio.Queue[tuple[dict[str, Any], list[bytes]]] = asyncio.Queue()

        def send(message: dict[str, Any], buffers: list[bytes]) -> None:
            with suppress(RuntimeError):  # nobody waits once the loop has ended
                loop.call_soon_threadsafe(sent.put_nowait, (message, buffers))

        session = Session(reading, send, workers=self._workers, within=self._within)
        # Checking a request may wait for the model, and nobody else should wait for that.
        await asyncio.to_thread(session.receive, {"v": VERSION, "id": 0, "op": op, "args": args})
        try:
            while True:
                try:
                    message, buffers = await asyncio.wait_for(sent.get(), BEAT_EVERY)
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
