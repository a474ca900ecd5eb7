"""An answer as a stream of bytes: how far the work is, several times a second, and then the answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from attrwidget.widget.desk import BEAT_EVERY
from attrwidget.wire.frames import BEAT, frame

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from attrwidget.progress import Progress


async def counted(
    run: Callable[[Progress], Awaitable[bytes]], failure: Callable[[Exception], bytes]
) -> AsyncIterator[bytes]:
    """Yield the messages of what *run* does: ``done`` of ``total``, beats, and its result as the buffer of the last.

    Closing the stream cancels *run*.

    Args:
        run: Called with the function that counts, which other threads may call.
        failure: Makes the last message of an error.
    """
    now: dict[str, int] = {}
    told: dict[str, int] = {}

    def count(done: int, total: int) -> None:
        nonlocal now
        now = {"done": done, "total": total}

    job = asyncio.ensure_future(run(count))
    try:
        while not (await asyncio.wait({job}, timeout=BEAT_EVERY))[0]:
            yield BEAT if now == told else frame(now)
            told = now
        yield frame({"ok": True, "meta": {}}, await job)
    except Exception as error:  # noqa: BLE001 - the client is told
        yield failure(error)
    finally:
        job.cancel()
