"""The queue before a model: turns, limits, and work that nobody waits for any more."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from attrwidget.errors import AttrWidgetError
from attrwidget.progress import may_stop
from attrwidget.serve import queue as module
from attrwidget.serve.queue import BusyError, Queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrwidget.progress import Progress

WAIT = 20  # seconds, for a machine under load


def noting(order: list[str], name: str) -> Callable[[Progress], str]:
    def work(_progress: Progress) -> str:
        order.append(name)
        return name

    return work


def held(begun: threading.Event, go: threading.Event) -> Callable[[Progress], None]:
    """Return work that lasts until *go*."""

    def work(_progress: Progress) -> None:
        begun.set()
        assert go.wait(WAIT)

    return work


def test_a_greedy_client_waits_for_its_turn() -> None:
    order: list[str] = []

    async def main() -> None:
        queue, begun, go = Queue(100, 50, WAIT), threading.Event(), threading.Event()
        first = asyncio.create_task(queue.run("greedy", held(begun, go)))
        await asyncio.to_thread(begun.wait, WAIT)
        greedy = [asyncio.create_task(queue.run("greedy", noting(order, f"greedy {i}"))) for i in range(5)]
        await asyncio.sleep(0)
        others = [asyncio.create_task(queue.run(name, noting(order, name))) for name in ("one", "two")]
        await asyncio.sleep(0)
        go.set()
        await asyncio.gather(first, *greedy, *others)

    asyncio.run(main())
    assert set(order[:3]) == {"greedy 0", "one", "two"}
    assert order[3:] == [f"greedy {i}" for i in range(1, 5)]


def test_long_work_gives_way_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TURN", 0.05)
    order: list[str] = []
    finished: list[int] = []

    def long(progress: Progress) -> str:
        while len(finished) < 40:  # rows, of which those finished are kept
            progress(len(finished), 40)
            time.sleep(0.01)
            finished.append(1)
        order.append("long")
        return "long"

    async def main() -> list[Any]:
        queue = Queue(100, 50, WAIT)
        work = asyncio.create_task(queue.run("long", long))
        await asyncio.sleep(0.1)
        return await asyncio.gather(work, queue.run("short", noting(order, "short")))

    assert asyncio.run(main()) == ["long", "short"]
    assert order == ["short", "long"]
    assert len(finished) == 40


def test_the_queue_is_bounded_for_each_and_for_all() -> None:
    async def main() -> None:
        queue, begun, go = Queue(3, 2, WAIT), threading.Event(), threading.Event()
        tasks = [asyncio.create_task(queue.run("a", held(begun, go)))]
        await asyncio.to_thread(begun.wait, WAIT)
        for client in "aabb":
            tasks.append(asyncio.create_task(queue.run(client, lambda _: None)))
            await asyncio.sleep(0)
        with pytest.raises(BusyError, match="2 of your requests wait"):
            await queue.run("a", lambda _: None)
        go.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in results] == [type(None)] * 4 + [BusyError]
        assert len(queue) == 0

    asyncio.run(main())


def test_what_nobody_waits_for_is_dropped_or_stopped() -> None:
    order: list[str] = []
    stopped = threading.Event()

    def endless(progress: Progress) -> None:
        try:
            while True:
                progress(0, 1)
                time.sleep(0.005)
        finally:
            stopped.set()

    async def main() -> None:
        queue = Queue(9, 9, WAIT)
        under_way = asyncio.create_task(queue.run("a", endless))
        waits = asyncio.create_task(queue.run("b", noting(order, "b")))
        await asyncio.sleep(0.05)
        waits.cancel()
        await asyncio.sleep(0)
        assert len(queue) == 0
        under_way.cancel()
        assert await asyncio.to_thread(stopped.wait, WAIT)
        assert await queue.run("c", noting(order, "c")) == "c"

    asyncio.run(main())
    assert order == ["c"]


def test_work_has_an_end() -> None:
    def endless(progress: Progress) -> None:
        while True:
            progress(0, 1)
            time.sleep(0.005)

    def stubborn(_progress: Progress) -> None:
        """Count nothing, and try another way whenever one fails."""
        while True:
            with suppress(Exception):
                may_stop()
            time.sleep(0.005)

    async def main() -> None:
        queue = Queue(9, 9, 0.05)
        with pytest.raises(AttrWidgetError, match=r"longer than the 0\.05 s"):
            await queue.run("a", endless)
        with pytest.raises(AttrWidgetError, match=r"longer than the 0\.05 s"):
            await queue.run("a", stubborn)
        with pytest.raises(ZeroDivisionError):
            await queue.run("a", lambda _: 1 // 0)
        assert await queue.run("a", lambda _: 1) == 1

    asyncio.run(main())
